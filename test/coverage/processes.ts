import { join } from "node:path";
import { PROCESSES, ROOT } from "./compiled.js";

// Set only now: a test's own process, which Vitest measures, would count itself twice.
process.env["NODE_V8_COVERAGE"] = PROCESSES;
// The bundle is made of the same modules, but has no map back to the sources.
process.env["MISSION_DOSSIER_COMMAND"] = join(ROOT, "build/tools/src/cli/main.js");
