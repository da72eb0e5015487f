import type { Analysis } from "./analysis.js";
import type { Problem } from "./problem.js";

/** A request from the page to its worker. Each gets one answer, preceded by progress. */
export type Request =
  | { readonly kind: "analysis"; readonly source: Blob; readonly name: string }
  /** `number` is the line, or the item of an array. */
  | { readonly kind: "record"; readonly source: Blob; readonly number: number };

/** An answer of the worker. */
export type Answer =
  | { readonly kind: "progress"; readonly bytes: number; readonly size: number }
  | { readonly kind: "analysis"; readonly analysis: Analysis }
  | { readonly kind: "record"; readonly record: OneRecord | undefined }
  | { readonly kind: "failed"; readonly message: string };

/** One record of a large input: its JSON in lines, and its problems. */
export type OneRecord = { readonly text: string; readonly problems: readonly Problem[] };
