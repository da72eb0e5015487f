import type { Report } from "./report.js";

/** The text in the template that a report takes the place of. */
export const PLACEHOLDER = "%REPORT%";

/** The page of a report: the template that `npm run build` makes of `src/pages`, with its data. */
export function reportPage(template: string, report: Report): string {
  const at = template.indexOf(PLACEHOLDER);
  return template.slice(0, at) + scriptText(report) + template.slice(at + PLACEHOLDER.length);
}

/**
 * JSON that no text in it can end the script element of. Only `<` begins a tag or a comment,
 * and outside of texts no JSON has it.
 */
function scriptText(report: Report): string {
  return JSON.stringify(report).replaceAll("<", "\\u003c");
}
