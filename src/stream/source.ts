import { concatenate } from "./bytes.js";

/** Where the bytes of an input come from. */
export type JsonSource =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  /** A stream of Node among others. */
  | AsyncIterable<string | Uint8Array>
  /** A stream of the web. */
  | ReadableStream<string | Uint8Array>;

/** Raised when an input begins as gzip does, and cannot be unpacked to its end. */
export class DamagedGzipError extends Error {
  override readonly name = "DamagedGzipError";
  constructor(cause: unknown) {
    super(`not all of it is gzip: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** The bytes of an input, unpacked where they are gzipped. */
export async function* chunksOf(source: JsonSource): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = piecesOf(source);
  const first = await firstBytes(chunks, GZIP_MAGIC.length);
  const isGzip = GZIP_MAGIC.every((byte, index) => first[index] === byte);
  const all = prepend(first, chunks);
  yield* isGzip ? gunzip(all) : all;
}

/** The first bytes of every file that is gzipped. No JSON begins like this. */
const GZIP_MAGIC = [0x1f, 0x8b];

/** What is longer is handed on piece by piece, so that not all of it becomes records at once. */
const MAX_PIECE = 2 ** 18;

async function* piecesOf(source: JsonSource): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of bytesOf(source)) {
    for (let start = 0; start < bytes.length; start += MAX_PIECE) {
      yield bytes.length <= MAX_PIECE ? bytes : bytes.subarray(start, start + MAX_PIECE);
    }
  }
}

/** The chunks as UTF-8. Where one string ends and the next begins may be within a character. */
async function* bytesOf(source: JsonSource): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  let half = "";
  for await (const chunk of iterate(source)) {
    if (typeof chunk === "string") {
      const text = half + chunk;
      half = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(-1) : "";
      yield encoder.encode(half === "" ? text : text.slice(0, -1));
    } else {
      yield encoder.encode(half);
      half = "";
      yield chunk;
    }
  }
  yield encoder.encode(half);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function iterate(
  source: JsonSource,
): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> {
  if (typeof source === "string" || source instanceof Uint8Array) {
    return [source];
  }
  return Symbol.asyncIterator in source || Symbol.iterator in source ? source : readAll(source);
}

/** Not every browser can iterate over its streams. */
async function* readAll<T>(stream: ReadableStream<T>): AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield next.value;
    }
  } finally {
    await reader.cancel();
  }
}

async function firstBytes(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  length: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let found = 0;
  while (found < length) {
    const { value, done } = await chunks.next();
    if (done) {
      break;
    }
    parts.push(value);
    found += value.length;
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : concatenate(parts);
}

async function* prepend(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    // Whoever has seen enough in the first bytes ends the rest too.
    await rest.return();
  }
}

/** @throws DamagedGzipError when the bytes are not what gzip writes, or not all of it. */
async function* gunzip(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let failure: unknown;
  const packed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await chunks.next();
        if (done) {
          controller.close();
        } else {
          controller.enqueue(value);
        }
      } catch (error) {
        failure = error;
        controller.error(error);
      }
    },
    async cancel() {
      await chunks.return();
    },
  });
  try {
    yield* piecesOf(packed.pipeThrough(new DecompressionStream("gzip")));
  } catch (error) {
    throw failure ?? new DamagedGzipError(error);
  }
}
