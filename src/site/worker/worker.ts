// The worker of the playground: it reads an input, so that the page stays quick.
import type { Answer, Request } from "../requests.js";
import { analyze } from "./analyze.js";
import { readRecord } from "./read-record.js";

// The types for Node do not have the global scope of a worker.
const scope = globalThis as unknown as {
  postMessage(answer: Answer): void;
  onmessage: (message: { readonly data: Request }) => void;
};

/** Milliseconds between two messages about progress. */
const TICK = 50;

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage(await answerTo(data));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ kind: "failed", message });
  }
};

async function answerTo(request: Request): Promise<Answer> {
  const { source } = request;
  if (request.kind === "record") {
    return { kind: "record", record: await readRecord(source, request.number) };
  }
  let said = 0;
  const analysis = await analyze(source, request.name, (bytes) => {
    if (performance.now() - said > TICK) {
      said = performance.now();
      scope.postMessage({ kind: "progress", bytes, size: source.size });
    }
  });
  return { kind: "analysis", analysis };
}
