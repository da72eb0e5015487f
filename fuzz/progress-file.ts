import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

// What a process was doing when it ended, or when it no longer does anything, only
// something outside of it can tell. So it writes down each case before it begins.

const HEADER_LENGTH = 32;

export class ProgressWriter {
  private readonly file: number;
  private count = 0;

  constructor(path: string) {
    this.file = openSync(path, "w");
  }

  get executions(): number {
    return this.count;
  }

  begin(given: unknown): void {
    this.count++;
    const content = Buffer.from(JSON.stringify(given), "utf8");
    const header = `${this.count} ${content.length}`.padEnd(HEADER_LENGTH);
    writeSync(this.file, Buffer.concat([Buffer.from(header), content]), 0, null, 0);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** How many cases were begun, and the last of them. */
export function readProgress(path: string): { executions: number; given: () => unknown } {
  const bytes = readFileSync(path);
  const [executions = 0, length = 0] = bytes
    .toString("latin1", 0, HEADER_LENGTH)
    .trim()
    .split(" ")
    .map(Number);
  const text = bytes.toString("utf8", HEADER_LENGTH, HEADER_LENGTH + length);
  return { executions, given: () => JSON.parse(text) };
}
