import { fstatSync, writeSync } from "node:fs";
import type { WriteStream } from "node:tty";
import { isSystemError } from "./system-error.js";

/**
 * Standard output or standard error. It accepts all output at once, but tells the writer
 * when to wait, so that output for a slow reader does not fill the memory.
 */
export class Output {
  private readonly isFile: boolean;
  private hasEnded = false;
  private drained: Promise<void> | undefined;
  private resume = (): void => {};

  /**
   * @param failed Called once with the error that ends all writing. A reader that closes
   * its end, as `head` does, is not an error.
   */
  constructor(
    private readonly stream: WriteStream & { readonly fd: number },
    private readonly failed: (error: Error) => void,
  ) {
    this.isFile = isFile(stream.fd);
    stream.on("error", (error) => this.end(error));
    stream.on("drain", () => this.go());
  }

  /** Whether further output is lost, because the reader is gone or writing has failed. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Waits while much of the output has not been read yet. */
  ready(): Promise<void> | undefined {
    return this.drained;
  }

  write(output: string | Uint8Array): void {
    if (this.hasEnded) {
      return;
    }
    if (this.isFile) {
      this.writeWhole(typeof output === "string" ? Buffer.from(output) : output);
    } else if (!this.stream.write(output)) {
      this.drained ??= new Promise((resolve) => {
        this.resume = resolve;
      });
    }
  }

  /** Writes to a file. A stream of Node would not notice a partial write to a full disk. */
  private writeWhole(bytes: Uint8Array): void {
    try {
      for (let start = 0; start < bytes.length; ) {
        start += writeSync(this.stream.fd, bytes, start);
      }
    } catch (error) {
      this.end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private end(error: Error): void {
    const isFirst = !this.hasEnded;
    this.hasEnded = true;
    this.go();
    if (isFirst && !(isSystemError(error) && error.code === "EPIPE")) {
      this.failed(error);
    }
  }

  private go(): void {
    this.drained = undefined;
    this.resume();
  }
}

/** Whether a file descriptor is a regular file. */
function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
