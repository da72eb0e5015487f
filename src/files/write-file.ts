import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { MissionDossierError, reasonOf } from "../event/errors/mission-dossier-error.js";
import { withFile } from "./with-file.js";

/** Raised when a file cannot be written. Its `cause` is the error of the operating system. */
export class UnwritableFileError extends MissionDossierError {
  override readonly name = "UnwritableFileError";
  constructor(
    file: string,
    cause: unknown,
    /** The bytes of a failed write that remain, because another process wrote after them. */
    readonly bytesLeft = 0,
  ) {
    super("unwritable_file", `${file} cannot be written: ${reasonOf(cause)}`, { file }, { cause });
  }
}

/**
 * Replaces a file as a whole: whoever reads it, even after a crash or a power failure, finds
 * either the old content or the new one. The folder must exist.
 *
 * @throws UnwritableFileError when it cannot be written. The file is then as it was.
 */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const draft = `${path}.${randomUUID()}${DRAFT}`;
  try {
    try {
      await withFile(draft, "wx", async (file) => {
        await file.writeFile(content);
        await file.datasync();
      });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  } catch (error) {
    throw new UnwritableFileError(path, error);
  }
}

/** The suffix of files that are not complete yet. A killed process may leave some. */
export const DRAFT = ".draft";

/** Makes the names in a folder durable, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform !== "win32") {
    await withFile(path, "r", (folder) => folder.sync());
  }
}
