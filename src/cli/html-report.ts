import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../conformance/package-files.js";
import type { ContractOptions } from "../event/generation/generation.js";
import type { InputFacts } from "../report/left-out.js";
import { reportPage } from "../report/page.js";
import type { Report } from "../report/report.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { type Location, locationText, STANDARD_INPUT } from "./read-records.js";
import type { ReduceInput } from "./reduce-input.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";

/** Prints the page of a report. */
export function printReport(report: Report, terminal: Terminal): void {
  terminal.write(reportPage(template(), report));
}

/**
 * Writes pages into a folder, which is created if need be.
 *
 * @param pages The reports by the names of their files without extension, one at a time.
 * @throws CommandError when a file cannot be written.
 */
export function writeReports(
  folder: string,
  pages: Iterable<readonly [name: string, report: Report]>,
): void {
  const page = template();
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, report] of pages) {
      writeFileSync(join(folder, `${name}.html`), reportPage(page, report));
    }
  } catch (error) {
    if (isSystemError(error)) {
      throw new CommandError(
        `cannot write pages into ${printable(folder)}: ${systemErrorText(error)}`,
        EXIT_CODES.misuse.code,
      );
    }
    throw error;
  }
}

/** The input of a command, as its report shows it. */
export function inputFacts(
  files: readonly string[],
  input: ReduceInput,
  { contract }: ContractOptions,
): InputFacts {
  const { places } = input.source;
  return {
    sources: files.length === 0 ? [STANDARD_INPUT] : files,
    placeOf: (position) => {
      const location = places.at(position);
      return location === undefined ? "" : placeText(location, files);
    },
    invalid: input.invalidCount,
    contract,
  };
}

/** The program that writes a report, as its pages name it. */
export function generatorOf({ version }: Terminal): string {
  return `mission-dossier ${version}`;
}

/** The place of an event. Where there is only one file, its name says nothing. */
function placeText(location: Location, files: readonly string[]): string {
  const { line, item } = location;
  if (files.length > 1) {
    return locationText(location);
  }
  return item === undefined ? `line ${line}` : `line ${line}, item ${item}`;
}

function template(): string {
  return readFileSync(packageFile("dist/cli/report-page.html"), "utf8");
}
