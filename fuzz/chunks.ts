import type { JsonSource } from "mission-dossier/stream";

/** How the pieces of an input are given. */
export const FORMS = [
  "bytes",
  "buffers",
  "reused",
  "later",
  "strings",
  "mixed",
  "web",
  "reader",
  "failing",
] as const;

export type ChunkForm = (typeof FORMS)[number];

/**
 * An input in pieces.
 *
 * @returns Nothing when the input is no text, and only text can be given in that form.
 */
export function chunked(
  bytes: Uint8Array,
  cuts: readonly number[],
  form: ChunkForm,
): JsonSource | undefined {
  const pieces = slices(bytes.length, cuts).map(([start, end]) => bytes.slice(start, end));
  switch (form) {
    case "bytes":
      return pieces;
    case "buffers":
      return pieces.map((piece) => Buffer.from(piece));
    case "reused":
      return reusing(pieces);
    case "later":
      return later(pieces);
    case "strings":
    case "mixed": {
      const text = Buffer.from(bytes).toString("utf8");
      if (!Buffer.from(text, "utf8").equals(bytes)) {
        return undefined;
      }
      // These may cut a pair of surrogates in two, which only text can continue.
      const parts = slices(text.length, cuts).map(([start, end]) => text.slice(start, end));
      return form === "strings" ? parts : mixed(parts);
    }
    case "web":
      return streamOf(pieces);
    case "reader":
      return readableOnly(streamOf(pieces));
    case "failing":
      return failing(pieces);
  }
}

function slices(length: number, cuts: readonly number[]): [number, number][] {
  const places = cuts.map((cut) => cut % (length + 1)).sort((a, b) => a - b);
  const all = [0, ...places, length];
  return all.slice(1).map((end, index) => [all[index] ?? 0, end]);
}

/** Gives all the pieces in the same memory, as some sources do. */
function* reusing(pieces: readonly Uint8Array[]): Generator<Uint8Array, void, undefined> {
  const memory = Buffer.alloc(Math.max(0, ...pieces.map(({ length }) => length)));
  for (const piece of pieces) {
    memory.fill(0x7e);
    memory.set(piece);
    yield memory.subarray(0, piece.length);
  }
}

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) {
        controller.enqueue(piece);
      }
      controller.close();
    },
  });
}

/** A stream as browsers have it that cannot iterate over one. */
function readableOnly(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  // Only this is asked of a stream that is no iterable.
  return { getReader: () => stream.getReader() } as ReadableStream<Uint8Array>;
}

/** What goes wrong where an input comes from. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

async function* failing(
  pieces: readonly Uint8Array[],
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* pieces;
  throw new SourceError("no more of it can be had");
}

async function* later(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const piece of pieces) {
    await new Promise((resolve) => setImmediate(resolve));
    yield piece;
  }
}

function mixed(parts: readonly string[]): (string | Uint8Array)[] {
  return parts.map((part, index) => {
    // Bytes, even none, end a pair that has begun.
    const isWhole = part !== "" && part.isWellFormed() && (parts[index - 1] ?? "").isWellFormed();
    return index % 2 === 0 || !isWhole ? part : Uint8Array.from(Buffer.from(part, "utf8"));
  });
}
