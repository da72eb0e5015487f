import fc from "fast-check";
import { runs } from "./runs.js";

// A property that does not say how often it is tried.
fc.configureGlobal({ numRuns: runs(100) });
