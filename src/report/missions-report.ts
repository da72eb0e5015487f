import type { ParityStatus } from "../../gen/speckitty/dossier/v1/contract.js";
import type { NamespaceReport } from "../dossier/report.js";
import { isPresent } from "../dossier/state.js";
import { counted } from "./counted.js";
import { STATUS_TONES, titleOf } from "./mission-report.js";
import type { Report, Row, Verdict } from "./report.js";
import { leftOutTables, cautionsAbout, type InputFacts } from "./left-out.js";
import { shownText, tableOf } from "./tables.js";
import { withCautions } from "./with-cautions.js";

/**
 * The report on many missions, those that have drifted first.
 *
 * @param pages The names of their pages, without the extension.
 */
export function missionsReport(
  { missions, unassigned, diagnostics }: NamespaceReport,
  pages: readonly string[],
  input: InputFacts,
  generator: string,
): Report {
  const statuses = missions.map(({ state }) => state.parityStatus);
  const count = (status: string): number => statuses.filter((each) => each === status).length;
  const [drifted, unknown] = [count("drifted"), count("unknown")];
  const all = [...missions, unassigned];
  const leftOut = { ...unassigned, diagnostics };
  const everywhere = {
    skipped: all.flatMap(({ skipped }) => skipped),
    conflicts: all.flatMap(({ conflicts }) => conflicts),
    diagnostics,
  };
  return {
    title: "Missions",
    subtitle: "Mission dossiers",
    verdict: withCautions(verdictOn(), cautionsAbout(everywhere, input)),
    facts:
      input.sources.length === 0
        ? []
        : [{ name: "read from", value: shownText(input.sources.join(", ")) }],
    hashes: [],
    figures: [
      { name: "missions", count: missions.length, tone: "plain" },
      { name: "drifted", count: drifted, tone: drifted > 0 ? "bad" : "plain" },
      { name: "unknown", count: unknown, tone: unknown > 0 ? "warn" : "plain" },
      { name: "clean", count: count("clean"), tone: "plain" },
    ],
    tables: [
      tableOf(
        {
          id: "missions",
          title: "Missions",
          empty: "No event has a readable namespace.",
          columns: [
            { title: "Status", kind: "category", tones: STATUS_TONES },
            { title: "Mission", kind: "page" },
            { title: "Branch", kind: "category" },
            { title: "Events", kind: "number" },
            { title: "Artifacts", kind: "number" },
            { title: "Anomalies", kind: "number" },
            { title: "Drifts", kind: "number" },
            { title: "Skipped", kind: "number" },
            { title: "Conflicts", kind: "number" },
            { title: "Project", kind: "category" },
          ],
        },
        byStatus(
          missions.map(
            ({ state, skipped, conflicts }, index): Row => [
              state.parityStatus,
              [titleOf(state.namespace), `${encodeURIComponent(pages[index] ?? "")}.html`],
              state.namespace?.targetBranch ?? null,
              state.eventCount,
              [...state.artifacts.values()].filter(isPresent).length,
              state.anomalies.length,
              state.driftHistory.length,
              skipped.length,
              conflicts.length,
              state.namespace?.projectUuid ?? null,
            ],
          ),
        ),
      ),
      ...leftOutTables(leftOut, input),
    ],
    generator,
  };

  function verdictOn(): Omit<Verdict, "cautions"> {
    const total = counted(missions.length, "mission");
    if (drifted > 0) {
      return {
        tone: "bad",
        label: "drifted",
        reason: `Drifts were detected in ${drifted} of ${total}.`,
      };
    }
    return unknown > 0 || missions.length === 0
      ? {
          tone: "warn",
          label: "unknown",
          reason: `Nothing was compared in ${unknown} of ${total}.`,
        }
      : { tone: "good", label: "clean", reason: `No drift was detected in ${total}.` };
  }
}

function byStatus(rows: readonly Row[]): Row[] {
  return STATUS_ORDER.flatMap((status) => rows.filter((row) => row[0] === status));
}

const STATUS_ORDER = ["drifted", "unknown", "clean"] satisfies readonly ParityStatus[];
