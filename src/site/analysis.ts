import type { Report, Table } from "../report/report.js";
import type { Place } from "../stream/place.js";
import type { Problem } from "./problem.js";

/** Everything that the playground shows about an input. */
export type Analysis = {
  /** The verdict on each record. Its first column is the number of the record's place. */
  readonly records: Table;
  /** Where each record is, if the input is small enough for the editor. */
  readonly places: readonly Place[];
  readonly rejectedCount: number;
  /** The first records that have problems, in the order of the input. */
  readonly troubled: readonly TroubledRecord[];
  /** The missions in the input, those that drifted first. If there is none, an empty one. */
  readonly missions: readonly Mission[];
};

/** A record and the rules that it breaks. */
export type TroubledRecord = { readonly place: Place; readonly problems: readonly Problem[] };

/** A mission of the input: its report, and its state as JSON. */
export type Mission = { readonly report: Report; readonly state: string };

/** The line of a record, or its item of an array. */
export function placeNumber({ line, item }: Place): number {
  return item ?? line;
}

/** The place of a record, for people. */
export function placeText({ line, item }: Place): string {
  return item === undefined ? `line ${line}` : `item ${item}`;
}
