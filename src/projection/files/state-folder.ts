import { link, rm } from "node:fs/promises";
import { join } from "node:path";
import { InvalidBinaryError } from "../../event/errors/errors.js";
import { MissionDossierError, reasonOf } from "../../event/errors/mission-dossier-error.js";
import { hasCode } from "../../files/has-code.js";
import { replaceFile, UnwritableFileError } from "../../files/write-file.js";
import type { Revision, StateStore, StoredProjection } from "../ports.js";
import {
  contractFingerprint,
  type ProjectedMission,
  readProjectedMission,
} from "../stored-projection.js";
import { damagedStates } from "./damaged-states.js";
import { contentOf, FolderOfLetters, makeFolder, namesIn } from "./folder-of-letters.js";
import { StateFile } from "./state-file.js";

/**
 * A folder with the states of all missions, the dead letters, and how far the log was read:
 *
 * ```
 * states-1        the stored documents, each after a line with its mission and its length, with a checksum
 * position.json   how far the log was read, and the bytes of `states-1` that belong to it
 * dead-letters/0000000000001234.json
 * ```
 *
 * Bytes that a killed process wrote after these do not count. Only one process may write: see
 * `withStates`.
 */
export class StateFolder implements StateStore {
  readonly deadLetters: FolderOfLetters;
  private states: StateFile;
  private isMade = false;

  constructor(readonly path: string) {
    this.deadLetters = new FolderOfLetters(join(path, "dead-letters"));
    this.states = this.file(1);
  }

  /**
   * Reads how far the states are stored now. Only those can be read.
   *
   * @throws InvalidBinaryError when a file is missing or damaged.
   */
  async load(): Promise<StoredPosition> {
    for (;;) {
      const position = await this.position();
      if (this.states.path !== this.file(position.file).path || this.states.size > position.size) {
        this.states = this.file(position.file);
      }
      try {
        await this.states.readTo(position.size);
        return position;
      } catch (error) {
        // The writer may have begun another file in the meantime.
        if ((await this.position()).file === position.file) {
          throw error;
        }
      }
    }
  }

  /**
   * Whether a log was projected into the folder, even if no state has come of it yet.
   *
   * @throws InvalidBinaryError when there are states without a position.
   */
  async isStored(): Promise<boolean> {
    return (await this.positionBytes()) !== undefined;
  }

  /**
   * The stored document of a mission, as of the last {@link load}, which has to come first.
   * `undefined` if it had none then.
   */
  async get(mission: string): Promise<StoredProjection | undefined> {
    for (;;) {
      const { states } = this;
      try {
        const bytes = await states.get(mission);
        return bytes && { bytes, revision: this.revisionOf(mission) ?? "" };
      } catch (error) {
        await this.load();
        if (this.states === states) {
          throw error;
        }
      }
    }
  }

  /**
   * The stored document of a mission, as {@link get} gives it, and the state in it.
   *
   * @throws InvalidBinaryError when it is damaged, or was stored under another contract.
   */
  async read(mission: string): Promise<ReadState | undefined> {
    const found = await this.get(mission);
    try {
      return found && { ...found, projected: readProjectedMission(found.bytes) };
    } catch (error) {
      const reason = reasonOf(error instanceof InvalidBinaryError ? error.cause : error);
      const problem = `the state of mission ${mission} in ${this.states.path} must be rebuilt`;
      throw new InvalidBinaryError("projection", `${problem}: ${reason}`);
    }
  }

  /** Stores a document, which counts after the next {@link commit}. */
  async put(
    mission: string,
    bytes: Uint8Array,
    expected: Revision | undefined,
  ): Promise<Revision | undefined> {
    if (this.revisionOf(mission) !== expected) {
      return undefined;
    }
    await this.make();
    await this.states.append(mission, bytes);
    return this.revisionOf(mission);
  }

  /** The keys of the missions that have a state, in order. */
  get missions(): readonly string[] {
    return this.states.missions;
  }

  /** Stores how far the log was read. Everything put before is durable when it resolves. */
  async commit({ start, seq, crc }: LogPosition): Promise<void> {
    await this.make();
    const { states: old } = this;
    if (old.size > 2 * old.liveSize + MOST_UNUSED) {
      await this.compact();
    }
    const { states } = this;
    if (states.size > 0) {
      await states.sync();
    }
    const [file, size, contract] = [numberOf(states.path), states.size, contractFingerprint()];
    const position: StoredPosition = { start, seq, crc, file, size, contract };
    await replaceFile(this.positionFile, `${JSON.stringify(position)}\n`);
    if (states !== old) {
      await this.removeOthers();
    }
  }

  /** Keeps the states that are stored now at another path, whatever the writer does later. */
  async keepAt(path: string): Promise<StoredPosition> {
    for (;;) {
      const position = await this.load();
      try {
        if (position.size > 0) {
          await link(this.states.path, path);
          this.states = new StateFile(path);
          await this.states.readTo(position.size);
        }
        return position;
      } catch (error) {
        // The writer may have begun another file in the meantime.
        if (!hasCode(error, "ENOENT") || (await this.position()).file === position.file) {
          throw error instanceof MissionDossierError ? error : new UnwritableFileError(path, error);
        }
      }
    }
  }

  /** Makes the folder, once. */
  async make(): Promise<void> {
    if (!this.isMade) {
      await makeFolder(this.path);
      this.isMade = true;
    }
  }

  /** Writes the documents that count into another file. */
  private async compact(): Promise<void> {
    const { states: old } = this;
    const states = this.file(numberOf(old.path) + 1);
    for (const mission of old.missions) {
      const bytes = await old.get(mission);
      if (bytes !== undefined) {
        await states.append(mission, bytes);
      }
    }
    this.states = states;
  }

  private async removeOthers(): Promise<void> {
    for (const name of await namesIn(this.path)) {
      if (FILE.test(name) && join(this.path, name) !== this.states.path) {
        await rm(join(this.path, name), { force: true });
      }
    }
  }

  private async position(): Promise<StoredPosition> {
    const bytes = await this.positionBytes();
    if (bytes === undefined) {
      return { ...START, file: 1, size: 0, contract: contractFingerprint() };
    }
    try {
      const position: StoredPosition = JSON.parse(new TextDecoder().decode(bytes));
      const { start, seq, crc, file, size } = position;
      if (![start, seq, crc, file, size].every((each) => Number.isSafeInteger(each) && each >= 0)) {
        throw new RangeError("a number is missing");
      }
      return position;
    } catch (error) {
      throw damagedStates(this.positionFile, reasonOf(error));
    }
  }

  private async positionBytes(): Promise<Uint8Array | undefined> {
    const bytes = await contentOf(this.positionFile);
    // A position comes before the first state.
    if (bytes === undefined && (await namesIn(this.path)).some((name) => FILE.test(name))) {
      throw damagedStates(this.positionFile, "it is missing");
    }
    return bytes;
  }

  private get positionFile(): string {
    return join(this.path, POSITION);
  }

  private file(number: number): StateFile {
    return new StateFile(join(this.path, `states-${number}`));
  }

  /** The revision of a mission's document; `undefined` if it has none. */
  revisionOf(mission: string): Revision | undefined {
    const start = this.states.startOf(mission);
    return start === undefined ? undefined : `${this.states.path} ${start}`;
  }
}

/** A stored document, and the state in it. */
export type ReadState = StoredProjection & { readonly projected: ProjectedMission };

/** How far a log was read, and a checksum of the bytes there. */
export type LogPosition = {
  /** The bytes of the log before a piece at the end of its last record that was read. */
  readonly start: number;
  /** The sequence of that record, where the piece ends. */
  readonly seq: number;
  /** The CRC-32 of the piece, which tells that the log is still the same one. */
  readonly crc: number;
};

/** How far a log was read, and the states that were stored then. */
export type StoredPosition = LogPosition & {
  /** The number of the file of states. */
  readonly file: number;
  /** The bytes of it that count. */
  readonly size: number;
  /** The fingerprint of the contract under which they were written. */
  readonly contract: string;
};

export const START: LogPosition = Object.freeze({ start: 0, seq: 0, crc: 0 });

/** The file that says how far the states of a folder are. */
export const POSITION = "position.json";

const FILE = /^states-\d+$/;
/** The bytes of replaced documents that a file may have beyond half of its size. */
const MOST_UNUSED = 16_777_216;

function numberOf(file: string): number {
  return Number(file.slice(file.lastIndexOf("-") + 1));
}
