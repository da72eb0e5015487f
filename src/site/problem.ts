import type { Move } from "../event/errors/known-defect.js";
import type { ViolationPath } from "../event/errors/violation.js";

/** One broken rule, or a warning. */
export type Problem = {
  /** The keys that lead to the field from the record. */
  readonly path: ViolationPath;
  /** The same path for people, safe to print. */
  readonly field: string;
  /** The expectation and the value found, safe to print. */
  readonly text: string;
  /** The id of the rule. */
  readonly rule: string;
  readonly isWarning: boolean;
  /** The name or literal that was probably meant. */
  readonly suggestion?: string;
  /** For a known mistake of a producer: where each misplaced value belongs, from the payload. */
  readonly moves?: readonly Move[];
};
