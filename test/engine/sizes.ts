import { deep } from "../support/runs.js";

/** A size in the usual run, which takes minutes, and in the deep one. */
export function size(usual: number, inDeepRun: number): number {
  return deep ? inDeepRun : usual;
}
