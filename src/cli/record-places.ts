import type { Location } from "./read-records.js";

type Run = { readonly position: number; readonly place: Location };

/**
 * The places of records, by their position. Most records follow each other line by line,
 * or item by item, so only the beginning of each such run is kept.
 */
export class RecordPlaces {
  private readonly runs: Run[] = [];
  private next = 0;

  /** How many records there are. */
  get count(): number {
    return this.next;
  }

  /** Adds the place of the next record. */
  add(place: Location): void {
    const position = this.next++;
    const run = this.runs.at(-1);
    if (run === undefined || !isSamePlace(placeIn(run, position), place)) {
      this.runs.push({ position, place });
    }
  }

  /** The place of a record, `undefined` where none was added for the position. */
  at(position: number | undefined): Location | undefined {
    if (position === undefined || position >= this.next) {
      return undefined;
    }
    let [low, high] = [0, this.runs.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.runs[middle]?.position ?? 0) <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    const run = this.runs[low];
    return run && placeIn(run, position);
  }
}

function placeIn(run: Run, position: number): Location {
  const { file, line, item } = run.place;
  const distance = position - run.position;
  return item === undefined
    ? { file, line: line + distance, item }
    : { file, line, item: item + distance };
}

function isSamePlace(a: Location, b: Location): boolean {
  return a.line === b.line && a.item === b.item && a.file === b.file;
}
