import type { FixtureCase } from "../../conformance/fixtures.js";

/** A case as another program gets it. */
export type GivenCase = Pick<FixtureCase, "id" | "payload" | "eventType">;

/** Another program's answer to a case. */
export type Answer = {
  /** The verdict, or why there is none. */
  readonly verdict:
    | { readonly kind: "given"; readonly valid: boolean }
    | { readonly kind: "none"; readonly reason: string };
  /** A few lines of the program's other output: violations, or its standard error. */
  readonly remarks: readonly string[];
};

/** Another program that judges one case after the other. */
export type Judge = {
  readonly judge: (given: GivenCase) => Promise<Answer>;
  /** Ends the program, even in the middle of a case. */
  readonly stop: () => void;
};

/** How many seconds a program may take for a case, unless the user says otherwise. */
export const DEFAULT_TIMEOUT = 10;

/** The answer of a program that gave no verdict. */
export function noVerdict(reason: string, remarks: readonly string[]): Answer {
  return { verdict: { kind: "none", reason }, remarks };
}
