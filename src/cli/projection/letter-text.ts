import type { DeadLetter, MissionRecord, OtherRecord, Poison } from "../../projection/index.js";
import type { Violation } from "../../event/errors/violation.js";
import { eventOf } from "../../projection/read-record.js";
import { reasonOf } from "../../event/errors/mission-dossier-error.js";
import type { Terminal } from "../terminal.js";
import { printable } from "../terminal-text.js";
import { expectationText } from "../../report/expectation-text.js";
import { reportRejection } from "../violation-text.js";

/** The most that is shown of a record. */
const SHOWN = 60;

/** A dead letter as a row: its number, reason, mission, and the first thing that is wrong. */
export function letterRow({ seq, reason, mission, violations }: DeadLetter): string[] {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  const wrong = first === undefined ? "" : `${first.field} ${expectationText(first)}`.trim();
  return [String(seq), reason, mission ?? "", `${printable(wrong)}${more}`];
}

/** Says that a record became a dead letter, on standard error. */
export function reportLetter(letter: DeadLetter, terminal: Terminal): void {
  const [seq, reason, , wrong] = letterRow(letter);
  terminal.report(`dead letter ${seq}: ${reason}: ${wrong}`);
}

/** Says once what fails while other work goes on: a retry, or another mission, may fail alike. */
export function problemReporter(terminal: Terminal): (error: unknown, mission?: string) => void {
  const said = new Set<string>();
  return (error, mission) => {
    const reason = printable(reasonOf(error));
    if (!said.has(reason)) {
      said.add(reason);
      terminal.report(mission === undefined ? reason : `mission ${mission} waits: ${reason}`);
    }
  };
}

/** Why no mission can take a record. Empty if its type has nothing to do with the contract. */
export function violationsOf(read: OtherRecord | Poison): readonly Violation[] {
  if (read.kind === "poison") {
    return read.violations;
  }
  return read.warning === undefined ? [] : [read.warning];
}

/** Says that the contract rejects the payload of a record, if so. It is published all the same. */
export function warnOfPayload(read: MissionRecord, place: string, terminal: Terminal): void {
  const event = eventOf(read);
  if (event.kind === "rejected") {
    terminal.report(`${place}the contract rejects the payload, which will be skipped`);
    reportRejection(event, terminal);
  }
}

/** The beginning of a record, in one line. */
export function excerptOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, SHOWN));
  return `${printable(text)}${bytes.length > SHOWN ? "…" : ""}`;
}
