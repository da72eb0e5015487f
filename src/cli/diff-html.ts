import type { ContractOptions } from "../event/generation/generation.js";
import type { StateDiff } from "../parity/diff.js";
import type { DifferenceOrigins } from "../parity/origins.js";
import { type ComparedSide, diffReport } from "../report/diff-report.js";
import { ObservedLog } from "../report/observed-log.js";
import { generatorOf, printReport } from "./html-report.js";
import type { Replica } from "./replica.js";
import type { Terminal } from "./terminal.js";

/** Prints the page of `mission-dossier diff`. The events of both sides are read once more. */
export async function printDiffPage(
  diff: StateDiff,
  origins: DifferenceOrigins,
  sides: { readonly a: Replica; readonly b: Replica },
  { contract }: ContractOptions,
  terminal: Terminal,
): Promise<void> {
  const [a, b] = [await sideOf(sides.a), await sideOf(sides.b)];
  printReport(diffReport(diff, origins, { a, b, contract }, generatorOf(terminal)), terminal);
}

async function sideOf({ name, state, doubts, events = NONE }: Replica): Promise<ComparedSide> {
  const log = new ObservedLog();
  let position = 0;
  for await (const event of events) {
    log.add(event, position++);
  }
  return { name, state, doubts, events: log.events() };
}

const NONE: Exclude<Replica["events"], undefined> = { async *[Symbol.asyncIterator]() {} };
