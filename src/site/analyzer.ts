import type { Analysis } from "./analysis.js";
import type { Answer, OneRecord, Request } from "./requests.js";

/** Called with the bytes that were read, of the size of the input. */
export type OnProgress = (bytes: number, size: number) => void;

/** Reads inputs in a worker. A new input takes the place of one that is still being read. */
export class Analyzer {
  private worker = startWorker();
  private pending: ((error: Error) => void) | undefined;

  /** @throws CanceledError when it is canceled, or another input comes. */
  async analyze(source: Blob, name: string, onProgress: OnProgress): Promise<Analysis> {
    const answer = await this.ask({ kind: "analysis", source, name }, onProgress);
    return expected(answer, "analysis").analysis;
  }

  /** Reads one record again. `number` is its line, or its item of an array. */
  async record(source: Blob, number: number): Promise<OneRecord | undefined> {
    return expected(await this.ask({ kind: "record", source, number }), "record").record;
  }

  /** Stops what is being read. */
  cancel(): void {
    this.stop(false);
  }

  private stop(isReplaced: boolean): void {
    if (this.pending !== undefined) {
      this.worker.terminate();
      this.worker = startWorker();
      this.pending(new CanceledError(isReplaced));
      this.pending = undefined;
    }
  }

  private ask(request: Request, onProgress?: OnProgress): Promise<Answer> {
    this.stop(true);
    return new Promise((resolve, reject) => {
      this.pending = reject;
      this.worker.onerror = ({ message }) => reject(new Error(message));
      this.worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if (data.kind === "progress") {
          onProgress?.(data.bytes, data.size);
        } else {
          this.pending = undefined;
          resolve(data);
        }
      };
      this.worker.postMessage(request);
    });
  }
}

/** Raised when an input is no longer wanted. */
export class CanceledError extends Error {
  override readonly name = "CanceledError";
  constructor(
    /** Whether another input has taken its place. */
    readonly isReplaced: boolean,
  ) {
    super("Canceled.");
  }
}

function startWorker(): Worker {
  return new Worker(new URL("worker.js", document.baseURI), { type: "module" });
}

function expected<K extends Answer["kind"]>(answer: Answer, kind: K): Extract<Answer, { kind: K }> {
  if (answer.kind === kind) {
    // The compiler does not narrow a union by a type parameter.
    return answer as Extract<Answer, { kind: K }>;
  }
  throw new Error(answer.kind === "failed" ? answer.message : `unexpected answer ${answer.kind}`);
}
