import { fstatSync, writeSync } from "node:fs";
import type { WriteStream } from "node:tty";
import { isSystemError } from "./system-error.js";

/**
 * Standard output or standard error. It takes whatever it is given at once, and says
 * when whoever gives it should wait, so that what a slow reader has not read yet does
 * not fill the memory.
 */
export class Output {
  private readonly isFile: boolean;
  private hasEnded = false;
  private drained: Promise<void> | undefined;
  private resume = (): void => {};

  /**
   * @param failed Is told once why nothing more can be written. That a reader has seen
   * enough, as `head` does, is no failure.
   */
  constructor(
    private readonly stream: WriteStream & { readonly fd: number },
    private readonly failed: (error: Error) => void,
  ) {
    this.isFile = isFile(stream.fd);
    stream.on("error", (error) => this.end(error));
    stream.on("drain", () => this.go());
  }

  /** Whether nothing that is written arrives any more. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Waits while a reader has much left to read. */
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

  /** A stream of Node takes for the whole what a disk that fills up has taken in part. */
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

/** Whether it is a file on a disk. */
function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
