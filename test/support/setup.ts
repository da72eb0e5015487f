import { env } from "node:process";
import fc from "fast-check";
import { runs } from "./runs.js";

const seed = env["MISSION_DOSSIER_SEED"];

fc.configureGlobal({
  // A property that does not say how often it is tried.
  numRuns: runs(100),
  // Each run tries other examples, except where a seed is given.
  ...(seed === undefined ? {} : { seed: Number(seed) }),
});
