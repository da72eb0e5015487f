import { env } from "node:process";

/**
 * Whether the tests run as `npm run test:deep`: many examples of each law, and inputs in their
 * full size. `npm test` takes few and small ones, so that it is done in about a minute.
 */
export const deep = env["MISSION_DOSSIER_TESTS"] === "deep";

/** How many examples `npm test` tries of a law. */
const FEW = 10;

/** How often fast-check tries a property: as often as given in a deep run, otherwise seldom. */
export function runs(deepRuns: number): number {
  return deep ? deepRuns : Math.min(deepRuns, FEW);
}

/** How large an input is: as large as given in a deep run, otherwise a tenth of it. */
export function size(deepSize: number): number {
  return deep ? deepSize : Math.ceil(deepSize / 10);
}

/** Which cases of a table run: all in a deep run, otherwise the first ones. */
export function cases<T>(table: readonly T[], few = 2): readonly T[] {
  return deep ? table : table.slice(0, few);
}
