import type { ParityStatus } from "../../gen/speckitty/dossier/v1/contract.js";
import type { NamespaceReport } from "../dossier/report.js";
import { isPresent } from "../dossier/state.js";
import { STATUS_TONES, titleOf } from "./mission-report.js";
import type { Report, Row } from "./report.js";
import { leftOutTables, cautionsAbout, type InputFacts } from "./left-out.js";
import { shownText, tableOf } from "./tables.js";

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
  const leftOut = { ...unassigned, diagnostics };
  return {
    title: "Missions",
    subtitle: "Mission dossiers",
    verdict: {
      ...(drifted > 0
        ? {
            tone: "bad",
            label: "drifted",
            reason: `${drifted} of ${missions.length} missions drifted.`,
          }
        : unknown > 0 || missions.length === 0
          ? {
              tone: "warn",
              label: "unknown",
              reason: `In ${unknown} of ${missions.length} missions nothing was compared.`,
            }
          : {
              tone: "good",
              label: "clean",
              reason: `No drift was detected in ${missions.length} missions.`,
            }),
      cautions: cautionsAbout(leftOut, input),
    },
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
              [titleOf(state.namespace), pages[index] ?? ""],
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
}

function byStatus(rows: readonly Row[]): Row[] {
  return STATUS_ORDER.flatMap((status) => rows.filter((row) => row[0] === status));
}

const STATUS_ORDER = ["drifted", "unknown", "clean"] satisfies readonly ParityStatus[];
