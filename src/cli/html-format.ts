import { CommandError, EXIT_CODES } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";

/** The format of a report as a page. */
export const HTML = "html";

/**
 * Refuses a page for a terminal.
 *
 * @throws CommandError when the format is a page, and standard output is a terminal.
 */
export function checkHtml(format: string | undefined, terminal: Terminal): void {
  if (format === HTML && terminal.isInteractive) {
    throw new CommandError(
      "a page is not for a terminal; send it to a file, as in > report.html",
      EXIT_CODES.misuse.code,
    );
  }
}
