/**
 * A report as plain JSON: everything that its page shows, in the order in which it shows it.
 * All texts of events are already safe to print.
 */
export type Report = {
  /** The subject: a mission's slug. */
  readonly title: string;
  /** The kind of report, for a reader who sees only this page. */
  readonly subtitle: string;
  readonly verdict: Verdict;
  /** Named texts about the subject, such as its namespace. */
  readonly facts: readonly Fact[];
  /** The hashes that the verdict can be checked with. */
  readonly hashes: readonly Fact[];
  readonly figures: readonly Figure[];
  readonly timeline?: Timeline;
  readonly tables: readonly Table[];
  /** The name and version of the program that wrote it. */
  readonly generator: string;
};

/** The answer of a report, and its reason. */
export type Verdict = {
  readonly tone: Tone;
  /** One word: `drifted`. */
  readonly label: string;
  readonly reason: string;
  /** Why the verdict may be wrong, if there are reasons. */
  readonly cautions: readonly string[];
};

/** How a value is to be understood: as good, as bad, as uncertain, or as a plain fact. */
export type Tone = "good" | "bad" | "warn" | "plain";

/** A named text. */
export type Fact = { readonly name: string; readonly value: string; readonly note?: string };

/** A named count. */
export type Figure = { readonly name: string; readonly count: number; readonly tone: Tone };

/** A table that can be sorted, filtered and grouped. */
export type Table = {
  /** Unique in the report, and safe as the id of an element. */
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  /** The text in place of a table without rows. */
  readonly empty: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
};

/** A column of a {@link Table}. */
export type Column = {
  readonly title: string;
  readonly kind: ColumnKind;
  /** For a `"category"`: the tones of its values. Others are plain. */
  readonly tones?: { readonly [value: string]: Tone };
};

/**
 * How a column is shown. A `"category"` has few values, by which rows are grouped. A `"time"` is
 * in milliseconds since 1970, or a text. Unlike an `"id"`, a `"code"` may be shown only by its
 * beginning. A `"path"` leads to the events that name it. A `"page"` is the title of another page,
 * and leads to it.
 */
export type ColumnKind = "text" | "number" | "time" | "code" | "id" | "category" | "path" | "page";

/** The cells of a row, one for each column. `null` is an absent value. */
export type Row = readonly Cell[];
/** A value in a {@link Table}. That of a `"page"` also has an address, relative to this page. */
export type Cell = string | number | null | readonly [title: string, address: string];

/** Events by Lamport clock and by time. */
export type Timeline = {
  /** The {@link Table} of the events. Its first columns are a lane, a clock and a time. */
  readonly table: string;
  /** The lanes that the events are on, from top to bottom. */
  readonly lanes: readonly Lane[];
  /** Where the two replicas came apart, if they did. */
  readonly apart?: Apart;
  /** Counts over time: each point has a moment and one count for each name. */
  readonly counts: {
    readonly names: readonly string[];
    readonly points: readonly (readonly [clock: number, time: number, ...counts: number[]])[];
  };
};

/** A lane of a {@link Timeline}. */
export type Lane = { readonly name: string; readonly tone: Tone };

/** When two replicas came apart: at `to`, or at some moment since `from`. */
export type Apart = {
  readonly from: Moment | null;
  readonly to: Moment;
  /** A sentence for people. */
  readonly text: string;
  /** A few words for the moment `to`. */
  readonly label: string;
};

/** A moment on both axes of a {@link Timeline}. */
export type Moment = { readonly clock: number; readonly time: number };
