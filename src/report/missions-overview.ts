import type {
  LocalNamespaceTupleJson,
  ParityStatus,
} from "../../gen/speckitty/dossier/v1/contract.js";
import type { LocalNamespaceTupleJson as LaterLocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v3/contract.js";
import { counted } from "./counted.js";
import type { Report, Row, Tone, Verdict } from "./report.js";
import { shownText, tableOf } from "./tables.js";

/** A namespace in the names of any generation of the contract. */
type NamespaceJson = LocalNamespaceTupleJson | LaterLocalNamespaceTupleJson;

/** A mission in an overview of many, as plain JSON. */
export type MissionSummary = {
  /** The key of its namespace. */
  readonly key: string;
  /** `null` if no event has a readable one. */
  readonly namespace: NamespaceJson | null;
  readonly parity_status: ParityStatus;
  readonly counts: MissionCounts;
};

/** How many there are of each in a mission. */
export type MissionCounts = {
  /** The dossier events, skipped ones included. */
  readonly events: number;
  /** The artifacts that are not superseded. */
  readonly artifacts: number;
  readonly superseded: number;
  readonly anomalies: number;
  readonly drifts: number;
  /** The events whose payload the contract rejects. */
  readonly skipped: number;
  /** The ids that came with more than one content. */
  readonly conflicts: number;
};

/** The tone of each parity status. */
export const STATUS_TONES: { readonly [status: string]: Tone } = {
  clean: "good",
  drifted: "bad",
  unknown: "warn",
};

/** The name of a mission, for people. */
export function titleOf(slug: string | undefined): string {
  return slug === undefined ? "No mission" : shownText(slug);
}

/**
 * The parts of a report on many missions that are about all of them. The missions that have drifted
 * come first, then those with an unknown status.
 *
 * @param addressOf The address of a mission's page.
 */
export function missionsOverview(
  given: readonly MissionSummary[],
  addressOf: (mission: MissionSummary) => string,
): Pick<Report, "title" | "subtitle" | "figures" | "tables"> & {
  readonly verdict: Omit<Verdict, "cautions">;
} {
  const missions = driftedFirst(given);
  const count = (status: ParityStatus): number =>
    missions.filter(({ parity_status }) => parity_status === status).length;
  const [drifted, unknown] = [count("drifted"), count("unknown")];
  return {
    title: "Missions",
    subtitle: "Mission dossiers",
    verdict: verdictOn(missions.length, drifted, unknown),
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
        missions.map((mission): Row => {
          const { parity_status, namespace, counts } = mission;
          return [
            parity_status,
            [titleOf(slugOf(namespace)), addressOf(mission)],
            namespace?.target_branch ?? null,
            counts.events,
            counts.artifacts,
            counts.anomalies,
            counts.drifts,
            counts.skipped,
            counts.conflicts,
            namespace?.project_uuid ?? null,
          ];
        }),
      ),
    ],
  };
}

/** The missions by their status, those that have drifted first, and then by their slugs. */
export function driftedFirst<T extends MissionSummary>(missions: readonly T[]): T[] {
  const named = missions.map((mission) => ({ mission, name: nameOf(mission) }));
  named.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  return STATUS_ORDER.flatMap((status) =>
    named.flatMap(({ mission }) => (mission.parity_status === status ? [mission] : [])),
  );
}

function nameOf({ namespace, key }: MissionSummary): string {
  return `${slugOf(namespace) ?? ""}\n${key}`;
}

const STATUS_ORDER = ["drifted", "unknown", "clean"] satisfies readonly ParityStatus[];

function verdictOn(all: number, drifted: number, unknown: number): Omit<Verdict, "cautions"> {
  const total = counted(all, "mission");
  if (drifted > 0) {
    const reason = `Drifts were detected in ${drifted} of ${total}.`;
    return { tone: "bad", label: "drifted", reason };
  }
  return unknown > 0 || all === 0
    ? { tone: "warn", label: "unknown", reason: `Nothing was compared in ${unknown} of ${total}.` }
    : { tone: "good", label: "clean", reason: `No drift was detected in ${total}.` };
}

function slugOf(namespace: NamespaceJson | null): string | undefined {
  if (namespace === null) {
    return undefined;
  }
  return "mission_slug" in namespace ? namespace.mission_slug : namespace.feature_slug;
}
