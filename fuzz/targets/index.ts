import type { Target } from "../target.js";
import { binary } from "./binary.js";
import { checkpoint } from "./checkpoint.js";
import { command } from "./command.js";
import { event } from "./event.js";
import { payload } from "./payload.js";
import { records } from "./records.js";
import { reduce } from "./reduce.js";
import { state } from "./state.js";

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

export function targetNamed(name: string): Target | undefined {
  return TARGETS.find((target) => target.name === name);
}
