import { withFile } from "./with-file.js";
import { UnwritableFileError } from "./write-file.js";

/**
 * Appends lines to a file in one write, and waits until they are on the disk. If the last line of
 * the file lacks its line feed, it gets one. Two processes that append should take turns:
 * `withFileLock`.
 *
 * @param asIs Leaves the last line as it is, since the bytes are not text.
 * @throws UnwritableFileError when not all fit. The file is then as it was, unless another
 * process has appended in the meantime: `bytesLeft`.
 */
export async function appendLines(path: string, lines: Uint8Array, asIs = false): Promise<void> {
  try {
    await withFile(path, "a+", async (file) => {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
      const isEnded = asIs || bytesRead === 0 || buffer[0] === 0x0a;
      const bytes = isEnded ? lines : Buffer.concat([FEED, lines]);
      // A write that fails has written nothing.
      const { bytesWritten } = await file.write(bytes);
      try {
        if (bytesWritten < bytes.length) {
          throw new RangeError("the disk took only a part");
        }
        await file.datasync();
      } catch (error) {
        // Lines that another process has appended since must stay.
        if ((await file.stat()).size !== size + bytesWritten) {
          throw new UnwritableFileError(path, error, bytesWritten);
        }
        await file.truncate(size);
        throw error;
      }
    });
  } catch (error) {
    throw error instanceof UnwritableFileError ? error : new UnwritableFileError(path, error);
  }
}

const FEED = Buffer.from("\n");
