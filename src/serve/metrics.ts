import { PARITY_STATUSES } from "../../gen/speckitty/dossier/v1/contract.js";
import type { MissionCounts } from "../report/missions-overview.js";
import type { ListedMission } from "./missions.js";

/** Facts about a server itself, for its metrics. */
export type ServerFacts = {
  readonly version: string;
  /** Whether the states can be read. */
  readonly isUp: boolean;
  /** How many clients listen to events. */
  readonly streams: number;
};

/** Metrics in the text format of Prometheus. Missions have no label: their number is unbounded. */
export function metricsText(missions: readonly ListedMission[], server: ServerFacts): string {
  const { version, isUp, streams } = server;
  const statuses = PARITY_STATUSES.map((status): [string, number] => [
    `{parity_status="${status}"}`,
    missions.filter(({ parity_status }) => parity_status === status).length,
  ]);
  const sum = (name: keyof MissionCounts): number =>
    missions.reduce((all, { counts }) => all + counts[name], 0);
  const sums = COUNTS.flatMap(([name, help]) => gauge(name, help, [["", sum(name)]]));
  const position = missions.reduce((most, mission) => Math.max(most, mission.position), 0);
  const lines = [
    ...gauge("build_info", "The version of the program.", [[`{version="${version}"}`, 1]]),
    ...gauge("up", "Whether the states can be read.", [["", Number(isUp)]]),
    ...gauge("event_streams", "Clients that listen to events.", [["", streams]]),
    ...gauge("missions", "Missions, by their parity status.", statuses),
    ...gauge("position", "The sequence of the last record in a state.", [["", position]]),
    ...sums,
  ];
  return `${lines.join("\n")}\n`;
}

const COUNTS: readonly (readonly [name: keyof MissionCounts, help: string])[] = [
  ["events", "Dossier events of all missions, skipped ones included."],
  ["artifacts", "Artifacts that are not superseded."],
  ["superseded", "Artifacts that are superseded."],
  ["anomalies", "Anomalies of all missions."],
  ["drifts", "Drifts of all missions."],
  ["skipped", "Events whose payload the contract rejects."],
  ["conflicts", "Ids of events that came with more than one content."],
];

function gauge(
  name: string,
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): string[] {
  const metric = `mission_dossier_${name}`;
  return [
    `# HELP ${metric} ${help}`,
    `# TYPE ${metric} gauge`,
    ...values.map(([labels, value]) => `${metric}${labels} ${value}`),
  ];
}
