import type { ReduceOptions } from "../dossier/reduce-options.js";
import type { ReduceReport } from "../dossier/report.js";
import type { ParityOptions } from "./parity-hash.js";
import type { ClaimVerdict } from "./verdict.js";

/** How a stream is audited. */
export type AuditOptions = ReduceOptions & ParityOptions;

/** The finding about one claim of one event. */
export type AuditFinding = ClaimVerdict & {
  /** The id of the event that claims it, in canonical form. */
  readonly eventId: string;
  /** Its place among the events that were given, counted from 0. */
  readonly position: number;
};

/** The findings about a stream, and the events in it that they do not take into account. */
export type AuditReport = Omit<ReduceReport, "state"> & {
  /**
   * One for each claim, in the order of the stream: `snapshot_hash`, `artifact_count` and
   * `anomaly_count` of each snapshot, `expected_hash` and `actual_hash` of each drift.
   */
  readonly findings: readonly AuditFinding[];
  /** How many different dossier events there are, those in `skipped` included. */
  readonly eventCount: number;
};
