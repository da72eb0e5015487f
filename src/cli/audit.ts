import type { ReduceStreamOptions } from "../dossier/reduce-stream.js";
import type { GivenEvent } from "../event/envelope/accepted-event.js";
import type { AuditFinding, AuditReport } from "../parity/audit-report.js";
import { auditStream } from "../parity/audit-stream.js";
import type { ParityRule } from "../parity/parity-rule.js";
import { REASONS } from "../report/claims.js";
import { doubtsAbout, reportReading } from "./doubts.js";
import { EXIT_CODES, type ExitCode } from "./exit-codes.js";
import type { ContractOptions } from "../event/generation/generation.js";
import { checkContract } from "./contract-option.js";
import { checkHtml, HTML } from "./html-format.js";
import type { RecordPlaces } from "./record-places.js";
import { ReduceInput, type ReduceInputOptions } from "./reduce-input.js";
import { placeText } from "./reduce-messages.js";
import { columns, deeper, indent, namedValues } from "./table.js";
import { jsonOutput, type Terminal } from "./terminal.js";
import { counted, printable } from "./terminal-text.js";

/** The output formats of `mission-dossier audit`. */
export type AuditFormat = "text" | "json" | typeof HTML;

/** The options of `mission-dossier audit`. */
export type AuditCommandOptions = ReduceInputOptions & {
  readonly format: AuditFormat;
  readonly rule: ParityRule;
} & ContractOptions;

/**
 * Checks each claim of the snapshots and drifts in the files against the events before it.
 *
 * @throws CommandError when there are no events to check it against.
 */
export async function runAudit(
  files: readonly string[],
  options: AuditCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  checkHtml(options.format, terminal);
  checkContract(options.contract, options.format === HTML, "--format html");
  const input = new ReduceInput(files, options, terminal, "audited");
  const { rule } = options;
  // Only a page needs the code that makes it.
  const page =
    options.format === HTML ? new (await import("./audit-html.js")).AuditPage(options) : undefined;
  const report = await input.reduce(
    (events: AsyncIterable<GivenEvent>, streamOptions: ReduceStreamOptions) =>
      auditStream(page?.observe(events) ?? events, { ...streamOptions, rule }),
  );
  const reading = reportReading(report, report.eventCount, input, terminal);
  const { places } = input.source;
  const { findings } = report;
  switch (options.format) {
    case "text":
      for (const line of auditLines(report, places, terminal)) {
        terminal.write(`${line}\n`);
      }
      break;
    case "json":
      for (const finding of findings) {
        terminal.write(`${jsonOutput(JSON.stringify(findingJson(finding, places)), terminal)}\n`);
        await terminal.ready();
        if (terminal.isOutputOver()) {
          break;
        }
      }
      break;
    case HTML:
      page?.print(report, files, input, terminal);
      break;
  }
  if (refutedIn(report).length > 0) {
    return EXIT_CODES.drifted.code;
  }
  const doubts = [
    ...doubtsAbout(reading),
    ...(findings.length === 0 && report.eventCount > 0 ? ["no event makes a claim"] : []),
    ...(uncheckableIn(report).length > 0
      ? [`${counted(uncheckableIn(report).length, "claim")} cannot be checked`]
      : []),
  ];
  if (doubts.length > 0) {
    terminal.report(`cannot tell whether all claims are true: ${doubts.join(", ")}`);
    return EXIT_CODES.uncertain.code;
  }
  return EXIT_CODES.ok.code;
}

function refutedIn({ findings }: AuditReport): Verdict<"refuted">[] {
  return findings.filter((finding) => finding.verdict === "refuted");
}

function uncheckableIn({ findings }: AuditReport): Verdict<"not_checkable">[] {
  return findings.filter((finding) => finding.verdict === "not_checkable");
}

type Verdict<V extends AuditFinding["verdict"]> = Extract<AuditFinding, { readonly verdict: V }>;

function findingJson({ position, ...finding }: AuditFinding, places: RecordPlaces): object {
  const { eventId, claim, verdict, claimed } = finding;
  const location = places.at(position);
  return {
    file: location?.file ?? null,
    line: location?.line ?? null,
    item: location?.item ?? null,
    event_id: eventId,
    claim,
    verdict,
    claimed,
    found: finding.verdict === "refuted" ? finding.found : null,
    reason: finding.verdict === "confirmed" ? null : finding.reason,
  };
}

/** The findings as lines of text for people, the refuted claims first. */
function auditLines(report: AuditReport, places: RecordPlaces, terminal: Terminal): string[] {
  const { colors, width } = terminal;
  const refuted = refutedIn(report);
  const uncheckable = uncheckableIn(report);
  const below = deeper(width);
  return [
    headline(report, terminal),
    ...refuted.flatMap((finding) => [
      `${placeText(places, finding.position)}${colors.bold(finding.claim)}${finding.reason === "no_drift" ? "  is the expected hash, so there is no drift" : ""}`,
      ...indent(
        namedValues(
          [
            ["claimed", printable(String(finding.claimed))],
            ["found", printable(String(finding.found))],
            ["event", finding.eventId],
          ],
          below,
        ),
      ),
    ]),
    ...indent(
      columns(
        Object.entries(REASONS).flatMap(([reason, text]) => {
          const count = uncheckable.filter((finding) => finding.reason === reason).length;
          return count === 0 ? [] : [[`${count} not checkable`, text]];
        }),
        { width: below },
      ),
    ),
  ];
}

function headline(report: AuditReport, { colors }: Terminal): string {
  const { findings, eventCount } = report;
  const total = counted(findings.length, "claim");
  const refuted = refutedIn(report).length;
  const uncheckable = uncheckableIn(report).length;
  const events = counted(eventCount, "event");
  if (refuted > 0) {
    return `${colors.bold(colors.red("REFUTED"))}  ${refuted} of ${total} in ${events}`;
  }
  if (uncheckable > 0) {
    const confirmed = findings.length - uncheckable;
    return `${colors.bold(colors.yellow("NOT ALL CHECKED"))}  ${confirmed} of ${total} in ${events} confirmed`;
  }
  return findings.length === 0
    ? `${colors.bold(colors.yellow("NO CLAIMS"))}  ${events}`
    : `${colors.bold(colors.green("CONFIRMED"))}  ${total} in ${events}`;
}
