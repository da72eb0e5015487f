import { command } from "./command.js";
import { binary, event, payload, state } from "./messages.js";
import { records } from "./records.js";
import { checkpoint, reduce } from "./reduce.js";
import type { Target } from "./target.js";

/** Everything that is fuzzed. */
export const TARGETS: readonly Target[] = [
  records,
  event,
  payload,
  reduce,
  binary,
  checkpoint,
  state,
  command,
];
