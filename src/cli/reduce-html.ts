import {
  type Namespace,
  type NamespaceScope,
  namespaceId,
  namespaceIn,
  namespaceJson,
} from "../dossier/namespace.js";
import { keyOfNamespace } from "../dossier/namespace-key.js";
import type { NamespaceReport, ReduceReport } from "../dossier/report.js";
import type { GivenEvent } from "../event/envelope/accepted-event.js";
import type { ContractOptions } from "../event/generation/generation.js";
import { missionReport } from "../report/mission-report.js";
import { missionsReport } from "../report/missions-report.js";
import { Observation } from "../report/observed-log.js";
import type { Report } from "../report/report.js";
import { generatorOf, inputFacts, printReport, writeReports } from "./html-report.js";
import type { ReduceInput } from "./reduce-input.js";
import type { Terminal } from "./terminal.js";

/** The options of {@link ReduceReports}. */
export type ReduceReportsOptions = {
  readonly namespaceScope: NamespaceScope;
  readonly byNamespace?: boolean;
  /** The folder for the pages of many missions. */
  readonly out?: string;
} & ContractOptions;

/** The pages of `mission-dossier reduce`: one for one mission, or an index and one for each. */
export class ReduceReports {
  private readonly scope: NamespaceScope;
  private readonly seen: Observation;

  constructor(private readonly options: ReduceReportsOptions) {
    const { byNamespace, namespaceScope } = options;
    this.scope = namespaceScope;
    this.seen = byNamespace
      ? new Observation((event) => this.keyOf(namespaceIn(event)))
      : new Observation();
  }

  /** Observes the events that are about to be reduced. */
  observe(events: AsyncIterable<GivenEvent>): AsyncIterable<GivenEvent> {
    return this.seen.of(events);
  }

  /** Prints the page of one mission. */
  print(
    report: ReduceReport,
    files: readonly string[],
    input: ReduceInput,
    terminal: Terminal,
  ): void {
    const facts = inputFacts(files, input, this.options);
    printReport(missionReport(report, this.seen.log(), facts, generatorOf(terminal)), terminal);
  }

  /** Writes the pages of many missions into the folder that the options name. */
  write(
    report: NamespaceReport,
    files: readonly string[],
    input: ReduceInput,
    terminal: Terminal,
  ): void {
    writeReports(this.options.out ?? ".", this.pages(report, files, input, terminal));
  }

  private *pages(
    report: NamespaceReport,
    files: readonly string[],
    input: ReduceInput,
    terminal: Terminal,
  ): Generator<readonly [name: string, report: Report], void, undefined> {
    const facts = inputFacts(files, input, this.options);
    const generator = generatorOf(terminal);
    const names = report.missions.map(({ state: { namespace } }) =>
      namespace === undefined ? "" : keyOfNamespace(namespace, this.scope),
    );
    yield ["index", missionsReport(report, names, facts, generator)];
    for (const [index, mission] of report.missions.entries()) {
      const log = this.seen.log(this.keyOf(jsonOf(mission.state.namespace)));
      yield [names[index] ?? "", missionReport(mission, log, facts, generator)];
    }
  }

  /** The key by which the events of a mission are observed. */
  private keyOf(namespace: ReturnType<typeof namespaceIn>): string {
    return namespace === undefined ? "" : namespaceId(namespace, this.scope);
  }
}

function jsonOf(namespace: Namespace | undefined): ReturnType<typeof namespaceIn> {
  return namespace && namespaceJson(namespace);
}
