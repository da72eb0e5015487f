import { constants } from "node:fs";
import { dirname } from "node:path";
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "../../dossier/checksum.js";
import { InvalidBinaryError } from "../../event/errors/errors.js";
import { hasCode } from "../../files/has-code.js";
import { withFile } from "../../files/with-file.js";
import { syncFolder, UnwritableFileError } from "../../files/write-file.js";
import { LINE_FEED } from "../../stream/bytes.js";
import { CHUNK_SIZE, UnreadableFileError } from "../../stream/file.js";
import { damagedStates } from "./damaged-states.js";

/**
 * The stored documents of many missions in one file, one after another, of which the last one of
 * a mission counts. Before each is a line with its mission, its length in bytes, and a checksum.
 *
 * So states that change together cost one write and one flush to the disk. Only one process may
 * write, and nobody may read beyond the end that it has synced.
 */
export class StateFile {
  private readonly places = new Map<string, Place>();
  /** The end of the documents that were read or written. */
  private end = 0;
  /** The documents after it, which are not written yet. */
  private pending: Uint8Array[] = [];
  private pendingLength = 0;
  private written: Promise<void> = Promise.resolve();
  /** The bytes of the documents that count. */
  liveSize = 0;

  constructor(readonly path: string) {}

  /** The bytes of the file, with those that are not written yet. */
  get size(): number {
    return this.end + this.pendingLength;
  }

  /** The keys of the missions that have a state, in order. */
  get missions(): readonly string[] {
    return [...this.places.keys()].sort();
  }

  /** Where the document of a mission begins. No other version of it begins there. */
  startOf(mission: string): number | undefined {
    return this.places.get(mission)?.start;
  }

  /**
   * Finds the documents that a writer has synced since the last time.
   *
   * @param size The bytes of the file then.
   * @throws InvalidBinaryError when the file is shorter, or damaged.
   */
  async readTo(size: number): Promise<void> {
    if (size <= this.end) {
      return;
    }
    await this.read(async (file) => {
      const { size: has } = await file.stat();
      if (has < size) {
        throw this.damaged(`it has ${has} bytes of ${size}`);
      }
      let chunk: Uint8Array = new Uint8Array();
      let chunkStart = 0;
      while (this.end < size) {
        let line = lineIn(chunk, this.end - chunkStart);
        if (line === undefined) {
          [chunk, chunkStart] = [await bytesAt(file, this.end, CHUNK_SIZE), this.end];
          line = lineIn(chunk, 0);
        }
        const [, mission = "", length = ""] = LINE.exec(line ?? "") ?? [];
        const start = this.end + (line?.length ?? 0) + 1;
        const isWhole = line === lineOf(mission, Number(length));
        if (!isWhole || start + Number(length) > size) {
          throw this.damaged(`no document begins at byte ${this.end}`);
        }
        this.note(mission, { start, length: Number(length) });
        this.end = start + Number(length);
      }
    });
  }

  async get(mission: string): Promise<Uint8Array | undefined> {
    const place = this.places.get(mission);
    if (place === undefined) {
      return undefined;
    }
    await this.write();
    return this.read((file) => bytesAt(file, place.start, place.length));
  }

  /** Adds a document, which is durable after the next {@link sync}. */
  async append(mission: string, bytes: Uint8Array): Promise<void> {
    const line = new TextEncoder().encode(`${lineOf(mission, bytes.length)}\n`);
    this.note(mission, { start: this.size + line.length, length: bytes.length });
    this.pending.push(line, bytes);
    this.pendingLength += line.length + bytes.length;
    if (this.pendingLength > MOST_PENDING) {
      await this.write();
    }
  }

  /** Waits until all documents are on the disk. */
  async sync(): Promise<void> {
    await this.write();
    try {
      await withFile(this.path, "r+", (file) => file.datasync());
      await syncFolder(dirname(this.path));
    } catch (error) {
      throw new UnwritableFileError(this.path, error);
    }
  }

  private write(): Promise<void> {
    if (this.pendingLength > 0) {
      const [bytes, start] = [Buffer.concat(this.pending), this.end];
      this.pending = [];
      this.pendingLength = 0;
      this.end += bytes.length;
      this.written = this.written.then(() => this.writeAt(bytes, start));
    }
    return this.written;
  }

  private async writeAt(bytes: Uint8Array, start: number): Promise<void> {
    try {
      await withFile(this.path, constants.O_RDWR | constants.O_CREAT, async (file) => {
        for (let done = 0; done < bytes.length; ) {
          const rest = bytes.subarray(done);
          done += (await file.write(rest, 0, rest.length, start + done)).bytesWritten;
        }
      });
    } catch (error) {
      throw new UnwritableFileError(this.path, error);
    }
  }

  private async read<T>(work: (file: FileHandle) => Promise<T>): Promise<T> {
    try {
      return await withFile(this.path, "r", work);
    } catch (error) {
      if (hasCode(error, "ENOENT")) {
        throw this.damaged("it is missing");
      }
      throw error instanceof InvalidBinaryError ? error : new UnreadableFileError(this.path, error);
    }
  }

  private note(mission: string, place: Place): void {
    this.liveSize += place.length - (this.places.get(mission)?.length ?? 0);
    this.places.set(mission, place);
  }

  private damaged(problem: string): InvalidBinaryError {
    return damagedStates(this.path, problem);
  }
}

type Place = { readonly start: number; readonly length: number };

/** The line before a document. Its last word is a checksum of the others. */
function lineOf(mission: string, length: number): string {
  const text = `${mission} ${length}`;
  return `${text} ${crc32(Buffer.from(text, "latin1")).toString(16)}`;
}

const LINE = /^(\S+) (\d+) [0-9a-f]+$/;
const LONGEST_LINE = 256;
const MOST_PENDING = 1_048_576;

/** The line that begins at a place, without its end; `undefined` if it does not end. */
function lineIn(bytes: Uint8Array, at: number): string | undefined {
  const rest = bytes.subarray(at, at + LONGEST_LINE);
  const end = rest.indexOf(LINE_FEED);
  return end === -1 ? undefined : Buffer.from(rest.subarray(0, end)).toString("latin1");
}

async function bytesAt(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
  return buffer.subarray(0, bytesRead);
}
