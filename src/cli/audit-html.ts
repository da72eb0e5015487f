import type { GivenEvent } from "../event/envelope/accepted-event.js";
import type { ContractOptions } from "../event/generation/generation.js";
import type { AuditReport } from "../parity/audit-report.js";
import { auditedReport } from "../report/audited-report.js";
import { Observation } from "../report/observed-log.js";
import { generatorOf, inputFacts, printReport } from "./html-report.js";
import type { ReduceInput } from "./reduce-input.js";
import type { Terminal } from "./terminal.js";

/** The page of `mission-dossier audit`. */
export class AuditPage {
  private readonly seen = new Observation();

  constructor(private readonly options: ContractOptions) {}

  /** Observes the events that are about to be audited. */
  observe(events: AsyncIterable<GivenEvent>): AsyncIterable<GivenEvent> {
    return this.seen.of(events);
  }

  /** Prints the page. */
  print(
    report: AuditReport,
    files: readonly string[],
    input: ReduceInput,
    terminal: Terminal,
  ): void {
    const facts = inputFacts(files, input, this.options);
    printReport(auditedReport(report, this.seen.log(), facts, generatorOf(terminal)), terminal);
  }
}
