import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LogRecord } from "../projection/ports.js";
import type { Rehearsed, RehearsalScript } from "./rehearsal-process.js";

/**
 * Folds records in a separate process first, when some worker may have ended while it held them. So
 * an event that ends its reader is found there, and no other event is suspected.
 */
export class Rehearsal {
  private child: ChildProcess | undefined;
  private lastCall: Promise<unknown> = Promise.resolve();

  /**
   * @param stored The stored projection that the records follow on, if any.
   * @returns The sequence of the first record that ended its reader twice, or `undefined`.
   */
  killerAmong(
    mission: string,
    stored: Uint8Array | undefined,
    records: readonly LogRecord[],
  ): Promise<number | undefined> {
    const result = this.lastCall.then(async () => {
      const script = { mission, stored, records };
      const suspect = await this.rehearse(script);
      // The process may have been ended from outside. An event is set aside only the second time.
      return suspect === undefined ? undefined : this.rehearse(script);
    });
    this.lastCall = result.catch(() => undefined);
    return result;
  }

  close(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }

  /** The sequence of the record that ended the process, or `undefined` if none did. */
  private rehearse(script: RehearsalScript): Promise<number | undefined> {
    const child = this.child ?? this.start();
    return new Promise((resolve, reject) => {
      let output = "";
      let timer: NodeJS.Timeout | undefined;
      const onOutput = (text: unknown) => {
        output += String(text);
        timer?.refresh();
      };
      const onMessage = (answer: Rehearsed) => {
        if (answer === "done") {
          settle(() => resolve(undefined));
        }
      };
      const onEnd = () => {
        this.child = undefined;
        const [seq = ""] = output.trim().split("\n").slice(-1);
        // A process that ended before it folded anything says nothing about the records.
        const error = new Error("the rehearsal's process did not start");
        settle(() => (seq === "" ? reject(error) : resolve(Number(seq))));
      };
      const settle = (report: () => void) => {
        clearTimeout(timer);
        child.stdout?.off("data", onOutput);
        child.off("message", onMessage).off("close", onEnd);
        report();
      };
      timer = setTimeout(() => child.kill("SIGKILL"), HANGS_AFTER_MS);
      child.stdout?.on("data", onOutput);
      child.on("message", onMessage).once("close", onEnd);
      child.send(script, (error) => {
        if (error !== null) {
          child.kill("SIGKILL");
        }
      });
    });
  }

  private start(): ChildProcess {
    const program = fileURLToPath(new URL("./rehearsal-process.js", import.meta.url));
    const evaluated = process.execArgv.findIndex((flag) =>
      /^(?:-e|-pe?|--eval|--print)$/.test(flag),
    );
    const child = fork(program, {
      // The program that this process was given as text is not one for the other.
      execArgv: evaluated === -1 ? process.execArgv : [],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
      serialization: "advanced",
    });
    // It must not keep a worker that is done from ending.
    child.unref();
    child.channel?.unref();
    this.child = child;
    return child;
  }
}

const HANGS_AFTER_MS = 60_000;
