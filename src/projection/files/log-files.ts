import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../../files/has-code.js";
import { withFile } from "../../files/with-file.js";
import {
  BYTE_ORDER_MARK,
  GZIP_MAGIC,
  isJsonArray,
  isWhitespace,
  LINE_FEED,
  PendingBytes,
  startsWith,
  withoutMark,
} from "../../stream/bytes.js";
import { CHUNK_SIZE, UnreadableFileError } from "../../stream/file.js";
import { DEFAULT_MAX_LENGTH } from "../../stream/json-records.js";
import { ChangedLogError } from "./changed-log.js";

/** One line of a log. */
export type LogLine = {
  /** The bytes of the log before the line. */
  readonly start: number;
  /** The bytes of the log up to the end of the line, without blanks after it: its sequence. */
  readonly seq: number;
  /** `undefined` if the line is longer than 16 MiB. */
  readonly bytes: Uint8Array | undefined;
};

/**
 * A log of JSON Lines: one file, or the `.jsonl` files of a folder, which are its segments in
 * the order of their names. Only the last one may grow, and a new one may follow it.
 */
export class LogFiles {
  private segments: readonly Segment[] = [];
  /** The size of the log in bytes, without blanks at its end, which no sequence counts either. */
  contentSize = 0;

  private constructor(readonly path: string) {}

  /** @throws UnreadableFileError when there is no such file or folder, or it is in another form. */
  static async open(path: string): Promise<LogFiles> {
    const log = new LogFiles(path);
    await log.refresh();
    const [first] = log.segments;
    if (first !== undefined) {
      await requireJsonLines(first.file);
    }
    return log;
  }

  /** How many bytes the log has. */
  get size(): number {
    const last = this.segments.at(-1);
    return last === undefined ? 0 : last.start + last.size;
  }

  /** The only file that may grow. */
  get lastFile(): string | undefined {
    return this.segments.at(-1)?.file;
  }

  /**
   * Looks at the files again, since the log may have grown.
   *
   * @throws ChangedLogError when it has not only grown, so that the places in it have moved.
   */
  async refresh(): Promise<void> {
    const { size } = this;
    const segments = await this.look();
    const last = this.segments.length - 1;
    const isLonger = this.segments.every(({ file, size }, index) => {
      const now = segments[index];
      return now?.file === file && (index === last ? now.size >= size : now.size === size);
    });
    this.segments = segments;
    if (!isLonger) {
      throw new ChangedLogError(this.path, size, this.size);
    }
    if (this.size > size) {
      const start = Math.max(segments.at(-1)?.start ?? 0, this.size - BLANKS_LOOKED_AT);
      const end = await this.bytesBetween(start, this.size);
      this.contentSize = start + end.findLastIndex((byte) => !isWhitespace(byte)) + 1;
    }
  }

  private async look(): Promise<readonly Segment[]> {
    try {
      const files = (await stat(this.path)).isDirectory()
        ? (await readdir(this.path))
            .filter((name) => name.endsWith(".jsonl"))
            .sort()
            .map((name) => join(this.path, name))
        : [this.path];
      const segments: Segment[] = [];
      let start = 0;
      for (const file of files) {
        const size = await sizeOf(file);
        segments.push({ file, start, size });
        start += size;
      }
      return segments;
    } catch (error) {
      throw error instanceof UnreadableFileError
        ? error
        : new UnreadableFileError(this.path, error);
    }
  }

  /**
   * The lines from a place on, which must be 0 or the end of a line, up to the end of the log as
   * it was at the last refresh. Blank lines are left out. A last line without a line feed counts
   * if it is a complete JSON object. Otherwise its writer has not finished it.
   *
   * They come in batches, whose bytes hold until the next batch is asked for.
   */
  async *lines(from: number): AsyncGenerator<readonly LogLine[]> {
    const { segments } = this;
    for (const segment of segments) {
      if (segment.start + segment.size > from) {
        const isLast = segment === segments.at(-1);
        yield* linesOf(segment, Math.max(0, from - segment.start), isLast, this.path);
      }
    }
  }

  /** The bytes between two places of one segment. */
  async bytesBetween(start: number, end: number): Promise<Uint8Array> {
    const segment = this.segments.find((each) => start < each.start + each.size);
    if (segment === undefined) {
      return new Uint8Array();
    }
    try {
      return await withFile(segment.file, "r", async (file) => {
        const bytes = Buffer.alloc(end - start);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start - segment.start);
        return bytes.subarray(0, bytesRead);
      });
    } catch (error) {
      throw new UnreadableFileError(segment.file, error);
    }
  }
}

/** The most bytes at the end of a log that are searched for blanks. */
const BLANKS_LOOKED_AT = 4096;

/** @throws UnreadableFileError when a file has no size, or none that can be known. */
async function sizeOf(file: string): Promise<number> {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) {
      // A pipe cannot be read from a given place.
      throw new RangeError(NOT_REGULAR);
    }
    return stats.size;
  } catch (error) {
    throw new UnreadableFileError(file, error);
  }
}

type Segment = { readonly file: string; readonly start: number; readonly size: number };

async function* linesOf(
  segment: Segment,
  from: number,
  isLast: boolean,
  log: string,
): AsyncGenerator<readonly LogLine[]> {
  // After a record that had no line feed, the rest of its line must be blank.
  const checked = (line: LogLine[]): LogLine[] => {
    if (from > 0 && line[0]?.start === segment.start + from) {
      throw new ChangedLogError(log, segment.start + from, segment.start + segment.size);
    }
    return line;
  };
  const pending = new PendingBytes(DEFAULT_MAX_LENGTH + 1);
  let file: FileHandle;
  try {
    file = await open(segment.file);
  } catch (error) {
    throw new UnreadableFileError(segment.file, error);
  }
  try {
    let lineStart = from;
    for (let at = from; at < segment.size; ) {
      const length = Math.min(CHUNK_SIZE, segment.size - at);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
      if (bytesRead === 0) {
        break;
      }
      const piece = buffer.subarray(0, bytesRead);
      if (at === 0) {
        refuseOtherForms(segment.file, piece);
      }
      const lines: LogLine[] = [];
      let start = 0;
      for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
        let bytes: Uint8Array | undefined = piece.subarray(start, end);
        if (!pending.isEmpty) {
          pending.add(bytes);
          bytes = pending.take();
        }
        lines.push(...checked(lineIn(segment, lineStart, at + end, bytes)));
        start = end + 1;
        lineStart = at + start;
      }
      pending.add(piece.subarray(start));
      yield lines;
      at += bytesRead;
    }
    const rest = pending.take();
    if (!isLast || isWholeObject(rest)) {
      yield checked(lineIn(segment, lineStart, segment.size, rest));
    }
  } catch (error) {
    throw isSystemError(error) ? new UnreadableFileError(segment.file, error) : error;
  } finally {
    await file.close();
  }
}

function lineIn(
  { start }: Pick<Segment, "start">,
  from: number,
  to: number,
  bytes: Uint8Array | undefined,
): LogLine[] {
  if (from === 0 && bytes !== undefined && startsWith(bytes, BYTE_ORDER_MARK)) {
    return lineIn({ start }, BYTE_ORDER_MARK.length, to, withoutMark(bytes));
  }
  if (bytes === undefined) {
    return [{ start: start + from, seq: start + to, bytes }];
  }
  // A line has the same sequence with or without a carriage return and a line feed.
  let length = bytes.length;
  while (length > 0 && isWhitespace(bytes[length - 1])) {
    length--;
  }
  const line = {
    start: start + from,
    seq: start + from + length,
    bytes: bytes.subarray(0, length),
  };
  return length === 0 ? [] : [line];
}

/**
 * Checks that a file, if there is one, is JSON Lines. Commands read other forms too, but those
 * cannot grow line by line.
 *
 * @throws UnreadableFileError when it is gzipped, a JSON array, or not a regular file.
 */
export async function requireJsonLines(file: string): Promise<void> {
  try {
    // Opening a FIFO would wait for a writer.
    if (!(await stat(file)).isFile()) {
      throw new UnreadableFileError(file, new RangeError(NOT_REGULAR));
    }
    await withFile(file, "r", async (handle) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
      refuseOtherForms(file, buffer.subarray(0, bytesRead));
    });
  } catch (error) {
    if (!hasCode(error, "ENOENT")) {
      throw isSystemError(error) ? new UnreadableFileError(file, error) : error;
    }
  }
}

const NOT_REGULAR = "it is not a regular file";

function refuseOtherForms(file: string, beginning: Uint8Array): void {
  const isGzipped = startsWith(beginning, GZIP_MAGIC);
  if (isGzipped || isJsonArray(beginning)) {
    const form = isGzipped ? "it is gzipped" : "it is a JSON array";
    throw new UnreadableFileError(file, new RangeError(`${form}, and a log is JSON Lines`));
  }
}

function isWholeObject(bytes: Uint8Array | undefined): boolean {
  let last = (bytes?.length ?? 0) - 1;
  while (isWhitespace(bytes?.[last])) {
    last--;
  }
  if (bytes === undefined || bytes[last] !== CLOSING_BRACE) {
    return false;
  }
  try {
    return typeof JSON.parse(new TextDecoder().decode(bytes)) === "object";
  } catch {
    return false;
  }
}

const CLOSING_BRACE = 0x7d;

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
