/** Where a record begins in its input. */
export type Place = {
  /** The line, counted from 1. */
  readonly line: number;
  /** The number of the item, counted from 1, when the input is one JSON array. */
  readonly item: number | undefined;
};
