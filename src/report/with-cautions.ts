import type { Verdict } from "./report.js";

/** A verdict with the reasons why it may be wrong. If there are any, it is not shown as good. */
export function withCautions(
  { tone, label, reason }: Omit<Verdict, "cautions">,
  cautions: readonly string[],
): Verdict {
  return { tone: tone === "good" && cautions.length > 0 ? "warn" : tone, label, reason, cautions };
}
