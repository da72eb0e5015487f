import { EXIT_CODES, type ExitCode } from "../exit-codes.js";
import { columns } from "../table.js";
import type { Terminal } from "../terminal.js";
import { counted } from "../terminal-text.js";
import type { EngineOptions, ProjectStatus } from "./engine.js";
import { problemReporter, reportLetter } from "./letter-text.js";
import { withEngine } from "./open-engine.js";

/** The options of `mission-dossier project`. */
export type ProjectCommandOptions = EngineOptions & { readonly follow?: boolean };

/**
 * Keeps the states of all missions of a log up to date.
 *
 * @throws MissionDossierError when the log or the states cannot be read or written.
 */
export async function runProject(
  { follow = false, ...options }: ProjectCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const signal = terminal.stopRequested();
  const status = await withEngine(options, (engine) =>
    engine.project({
      follow,
      signal,
      onStatus: showing(terminal, follow),
      onDeadLetter: (letter) => reportLetter(letter, terminal),
      onProblem: problemReporter(terminal),
    }),
  );
  terminal.status("");
  for (const line of summary("projected", status, options)) {
    terminal.write(`${line}\n`);
  }
  return signal.aborted && !follow ? EXIT_CODES.interrupted.code : EXIT_CODES.ok.code;
}

/** Shows the status now and then, in one line. */
export function showing(terminal: Terminal, follow: boolean): (status: ProjectStatus) => void {
  const start = performance.now();
  let drawn = start;
  return ({ events, missions, deadLetters, lag }) => {
    const now = performance.now();
    if (now - start > SHOWN_AFTER && now - drawn > DRAWN_EVERY) {
      drawn = now;
      const cells = [
        counted(events, "event"),
        ...(missions === undefined ? [] : [counted(missions, "mission")]),
        ...(deadLetters === 0 ? [] : [counted(deadLetters, "dead letter")]),
        lag === "" ? "up to date" : `${lag} behind`,
        ...(follow ? ["Ctrl-C ends"] : []),
      ];
      terminal.status(cells.join("  "));
    }
  };
}

/** Milliseconds before the line first appears, so that it does not flash for short logs. */
const SHOWN_AFTER = 1000;
const DRAWN_EVERY = 100;

/** A summary of the run, for people. */
export function summary(
  verb: string,
  { events, missions, skipped, misspelled, deadLetters, lag }: ProjectStatus,
  { nats, states }: EngineOptions,
): string[] {
  const where = nats === undefined ? `--states ${states ?? "DIR"}` : "--nats URL";
  const of = missions === undefined ? "" : ` of ${counted(missions, "mission")}`;
  return columns([
    [verb, events === 0 ? "no new event" : `${counted(events, "event")}${of}`],
    ...(skipped === 0
      ? []
      : [["skipped", `${counted(skipped, "payload")} that the contract rejects`]]),
    ...(misspelled === 0
      ? []
      : [
          ["misspelled", `${counted(misspelled, "event")} of types that are nearly the contract's`],
        ]),
    ...(deadLetters === 0
      ? []
      : [
          ["", `${counted(deadLetters, "dead letter")}: see mission-dossier dead-letters ${where}`],
        ]),
    ...(lag === "" ? [] : [["", `${lag} not yet: an unfinished last line, or more to do`]]),
  ]);
}
