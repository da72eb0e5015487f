import type { Report } from "./report.js";

/** The text in the template that the report replaces. */
export const PLACEHOLDER = "%REPORT%";

/** The page of a report: the template that `npm run build` makes of `src/pages`, with its data. */
export function reportPage(template: string, report: Report): string {
  const at = template.indexOf(PLACEHOLDER);
  return template.slice(0, at) + scriptText(report) + template.slice(at + PLACEHOLDER.length);
}

/**
 * JSON that cannot end the script element that contains it. Only `<` begins a tag or a comment, and
 * JSON has it only in texts.
 */
function scriptText(report: Report): string {
  return JSON.stringify(report).replaceAll("<", "\\u003c");
}
