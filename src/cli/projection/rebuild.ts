import type { StateDifference } from "../../projection/index.js";
import { EXIT_CODES, type ExitCode } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import type { EngineOptions } from "./engine.js";
import { problemReporter, reportLetter } from "./letter-text.js";
import { withEngine } from "./open-engine.js";
import { showing, summary } from "./project.js";

/** The options of `mission-dossier rebuild`. */
export type RebuildCommandOptions = EngineOptions & { readonly compareOnly?: boolean };

/**
 * Builds the states from the whole log beside the current ones, names the missions that differ,
 * and puts the new states in their place.
 */
export async function runRebuild(
  { compareOnly = false, ...options }: RebuildCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  let differences = 0;
  const signal = terminal.stopRequested();
  const rebuilding = withEngine(options, (engine) =>
    engine.rebuild({
      compareOnly,
      signal,
      onStatus: showing(terminal, false),
      onDeadLetter: (letter) => reportLetter(letter, terminal),
      onProblem: problemReporter(terminal),
      onDifference: (difference) => {
        differences++;
        terminal.write(`${difference.mission}  ${changeOf(difference)}\n`);
      },
    }),
  );
  const status = await unlessAborted(rebuilding, signal);
  terminal.status("");
  if (status === undefined) {
    terminal.report("interrupted; the states are what they were");
    return EXIT_CODES.interrupted.code;
  }
  const outcome = compareOnly ? "the states stay as they are" : "the new states are in their place";
  const found = differences === 1 ? "1 mission differs" : `${differences || "no"} missions differ`;
  const restart = options.nats !== undefined && !compareOnly ? [RESTART] : [];
  for (const line of [...summary("rebuilt", status, options), `${found}; ${outcome}`, ...restart]) {
    terminal.write(`${line}\n`);
  }
  return compareOnly && differences > 0 ? EXIT_CODES.drifted.code : EXIT_CODES.ok.code;
}

const RESTART =
  "project, watch and serve go on with them by themselves; restart workers and readers of your own";

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted && error instanceof Error && error.name === "AbortError") {
      return undefined;
    }
    throw error;
  }
}

function changeOf({ before, after }: StateDifference): string {
  if (before === undefined) {
    return "new, or could not be read before";
  }
  return after === undefined ? "gone" : "changed";
}
