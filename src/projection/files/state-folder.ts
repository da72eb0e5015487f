import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { InvalidBinaryError } from "../../event/errors/errors.js";
import { hasCode } from "../../files/has-code.js";
import { replaceFile, UnwritableFileError } from "../../files/write-file.js";
import { UnreadableFileError } from "../../stream/file.js";
import type { DeadLetter, DeadLetters, Revision, StateStore, StoredProjection } from "../ports.js";
import { withoutValues } from "../read-record.js";

/**
 * A folder with the states of all missions, the dead letters, and how far the log was read:
 *
 * ```
 * missions/ab/ab12….projection   the stored document of a mission
 * dead-letters/0000000000001234.json
 * position.json
 * ```
 *
 * Each file is replaced as a whole. Only one process may write: see `withFileLock`.
 */
export class StateFolder implements StateStore {
  readonly deadLetters: FolderOfLetters;
  private readonly made = new Set<string>();

  constructor(readonly path: string) {
    this.deadLetters = new FolderOfLetters(join(path, "dead-letters"));
  }

  async get(mission: string): Promise<StoredProjection | undefined> {
    const bytes = await contentOf(this.fileOf(mission));
    return bytes && { bytes, revision: revisionOf(bytes) };
  }

  async put(
    mission: string,
    bytes: Uint8Array,
    expected: Revision | undefined,
  ): Promise<Revision | undefined> {
    const found = await this.get(mission);
    if (found?.revision !== expected) {
      return undefined;
    }
    await this.makeFolder(join(this.path, "missions", mission.slice(0, 2)));
    await replaceFile(this.fileOf(mission), bytes);
    return revisionOf(bytes);
  }

  /** The keys of the missions that have a state, in order. */
  async *missions(): AsyncGenerator<string> {
    for (const folder of await namesIn(join(this.path, "missions"))) {
      for (const name of await namesIn(join(this.path, "missions", folder))) {
        if (name.endsWith(PROJECTION)) {
          yield name.slice(0, -PROJECTION.length);
        }
      }
    }
  }

  /** How far the log was read. */
  async position(): Promise<LogPosition> {
    const file = this.positionFile;
    const bytes = await contentOf(file);
    if (bytes === undefined) {
      return START;
    }
    try {
      const { start, seq, crc } = JSON.parse(new TextDecoder().decode(bytes));
      if (![start, seq, crc].every((number) => Number.isSafeInteger(number) && number >= 0)) {
        throw new RangeError("a number is missing");
      }
      return { start, seq, crc };
    } catch (error) {
      throw new InvalidBinaryError("projection", `${file}: ${String(error)}`);
    }
  }

  /** Says how far the log was read. All states must be stored up to there. */
  async setPosition({ start, seq, crc }: LogPosition): Promise<void> {
    await this.makeFolder(this.path);
    await replaceFile(this.positionFile, `${JSON.stringify({ start, seq, crc })}\n`);
  }

  private get positionFile(): string {
    return join(this.path, "position.json");
  }

  private fileOf(mission: string): string {
    return join(this.path, "missions", mission.slice(0, 2), mission + PROJECTION);
  }

  private async makeFolder(path: string): Promise<void> {
    if (!this.made.has(path)) {
      await makeFolder(path);
      this.made.add(path);
    }
  }
}

/** How far a log was read, and what stands there. */
export type LogPosition = {
  /** The bytes of the log before a piece at the end of its last record that was read. */
  readonly start: number;
  /** The sequence of that record, where the piece ends. */
  readonly seq: number;
  /** The CRC-32 of the piece, which tells that the log is still the same one. */
  readonly crc: number;
};

export const START: LogPosition = Object.freeze({ start: 0, seq: 0, crc: 0 });
const PROJECTION = ".projection";

/** Dead letters as files of JSON, by their sequences. */
export class FolderOfLetters implements DeadLetters {
  private isMade = false;
  /** Called with each letter that was new. */
  onLetter: (letter: DeadLetter) => void = () => undefined;

  constructor(private readonly path: string) {}

  async put(letter: DeadLetter): Promise<void> {
    const { mission, seq, bytes, reason, violations } = letter;
    if (!this.isMade) {
      await makeFolder(this.path);
      this.isMade = true;
    }
    const file = this.fileOf(seq);
    if ((await contentOf(file)) === undefined) {
      const text = Buffer.from(bytes).toString("base64");
      const shown = withoutValues(violations);
      const json = { mission, seq, reason, violations: shown, bytes: text };
      await replaceFile(file, `${JSON.stringify(json)}\n`);
      this.onLetter(letter);
    }
  }

  /** All letters, in the order of the log. */
  async *list(): AsyncGenerator<DeadLetter> {
    for (const name of await namesIn(this.path)) {
      const letter = name.endsWith(LETTER) ? await this.read(name) : undefined;
      if (letter !== undefined) {
        yield letter;
      }
    }
  }

  /** Removes a letter that was dealt with. It comes back when the states are rebuilt. */
  async remove({ seq }: Pick<DeadLetter, "seq">): Promise<boolean> {
    const isThere = (await contentOf(this.fileOf(seq))) !== undefined;
    await rm(this.fileOf(seq), { force: true });
    return isThere;
  }

  private async read(name: string): Promise<DeadLetter | undefined> {
    const content = await contentOf(join(this.path, name));
    if (content === undefined) {
      return undefined;
    }
    // `put` wrote it.
    const letter = JSON.parse(new TextDecoder().decode(content));
    return { ...letter, bytes: new Uint8Array(Buffer.from(letter.bytes, "base64")) };
  }

  private fileOf(seq: number): string {
    // With so many digits, the order of the names is that of the log.
    return join(this.path, String(seq).padStart(16, "0") + LETTER);
  }
}

const LETTER = ".json";

/** Two contents of one mission differ in it: they end with a checksum. */
function revisionOf(bytes: Uint8Array): Revision {
  return `${bytes.length}-${Buffer.from(bytes.subarray(-4)).toString("hex")}`;
}

async function contentOf(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return undefined;
    }
    throw new UnreadableFileError(file, error);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return [];
    }
    throw new UnreadableFileError(folder, error);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new UnwritableFileError(path, error);
  }
}
