import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { InvalidBinaryError } from "../../event/errors/errors.js";
import { reasonOf } from "../../event/errors/mission-dossier-error.js";
import { hasCode } from "../../files/has-code.js";
import { replaceFile, UnwritableFileError } from "../../files/write-file.js";
import { UnreadableFileError } from "../../stream/file.js";
import type { DeadLetter, DeadLetters } from "../ports.js";
import { withoutValues } from "../read-record.js";

/** Dead letters as files of JSON, by their sequences. */
export class FolderOfLetters implements DeadLetters {
  private isMade = false;
  /** Called with each new letter. */
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
    try {
      // `put` wrote it.
      const letter = JSON.parse(new TextDecoder().decode(content));
      return { ...letter, bytes: new Uint8Array(Buffer.from(letter.bytes, "base64")) };
    } catch (error) {
      const problem = `the dead letter ${join(this.path, name)} is damaged: ${reasonOf(error)}`;
      throw new InvalidBinaryError("projection", problem);
    }
  }

  private fileOf(seq: number): string {
    // With so many digits, the order of the names is that of the log.
    return join(this.path, String(seq).padStart(16, "0") + LETTER);
  }
}

const LETTER = ".json";

/** The content of a file, or `undefined` if there is no such file. */
export async function contentOf(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return undefined;
    }
    throw new UnreadableFileError(file, error);
  }
}

/** The names in a folder, in order. A missing folder has none. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return [];
    }
    throw new UnreadableFileError(folder, error);
  }
}

/** Makes a folder, and those above it, unless it exists. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new UnwritableFileError(path, error);
  }
}
