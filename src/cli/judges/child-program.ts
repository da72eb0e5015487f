import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { ErrorOutput } from "./error-output.js";

/** How a program ended: in words, and its exit code, if it has one. */
export type ProgramEnd = { readonly code: number | null; readonly text: string };

/** A shell command that runs, with everything that it starts. */
export class ChildProgram {
  /** Resolves when the program has ended and its output has been read. */
  readonly ended: Promise<ProgramEnd>;
  private readonly child: ChildProcess;
  private errors = new ErrorOutput();

  /** @param onLine Is given each line of standard output, which is ignored by default. */
  constructor(command: string, onLine?: (line: string) => void) {
    this.child = spawn(command, {
      shell: true,
      // In a process group of its own, the shell and its children can be ended together.
      detached: HAS_GROUPS,
      windowsHide: true,
      stdio: ["pipe", onLine === undefined ? "ignore" : "pipe", "pipe"],
    });
    this.ended = new Promise((resolve) => {
      this.child.on("error", ({ message }) => resolve({ code: null, text: message }));
      this.child.on("close", (code, signal) =>
        resolve({ code, text: signal === null ? exitText(code) : `signal ${signal}` }),
      );
    });
    this.child.stderr?.on("data", (chunk: Buffer) => this.errors.add(chunk));
    // A program need not read its input; how it ends says more than a broken pipe.
    this.child.stdin?.on("error", () => {});
    if (onLine !== undefined && this.child.stdout !== null) {
      createInterface({ input: this.child.stdout }).on("line", onLine);
    }
  }

  send(text: string): void {
    this.child.stdin?.write(text);
  }

  endInput(): void {
    this.child.stdin?.end();
  }

  /** A few lines of standard error since the last call. */
  takeErrors(): readonly string[] {
    const lines = this.errors.lines();
    this.errors = new ErrorOutput();
    return lines;
  }

  kill(): void {
    const { pid } = this.child;
    try {
      if (HAS_GROUPS && pid !== undefined) {
        process.kill(-pid, "SIGKILL");
      } else {
        this.child.kill("SIGKILL");
      }
    } catch {
      // It has ended already.
    }
  }
}

/** A shell whose program was ended by a signal exits with 128 plus the signal's number. */
function exitText(code: number | null): string {
  const signal = Object.entries(constants.signals).find(([, number]) => 128 + number === code);
  return `exit code ${code}${signal === undefined ? "" : `, signal ${signal[0]}`}`;
}

/** Windows has no process groups. */
const HAS_GROUPS = process.platform !== "win32";
