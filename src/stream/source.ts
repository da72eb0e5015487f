import { InvalidArgumentError } from "../event/errors/errors.js";
import { concatenate, GZIP_MAGIC, inPieces, startsWith } from "./bytes.js";
import { gunzip } from "./gunzip.js";

/** An input: text, bytes, or a stream of either. */
export type JsonSource =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  /** For example, a Node stream. */
  | AsyncIterable<string | Uint8Array>
  /** A web stream. */
  | ReadableStream<string | Uint8Array>;

/** The bytes of an input, unpacked if they are gzipped. */
export async function* chunksOf(source: JsonSource): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = inPieces(bytesOf(source), MAX_PIECE);
  const first = await firstBytes(chunks, GZIP_MAGIC.length);
  const all = prepend(first, chunks);
  yield* startsWith(first, GZIP_MAGIC) ? gunzip(all) : all;
}

/** Longer chunks are cut into pieces, so that not all of a chunk becomes records at once. */
const MAX_PIECE = 2 ** 18;

/** The chunks as UTF-8. A string may end in the middle of a surrogate pair. */
async function* bytesOf(source: JsonSource): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  let half = "";
  for await (const chunk of iterate(source)) {
    if (typeof chunk === "string") {
      const text = half + chunk;
      half = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(-1) : "";
      yield encoder.encode(half === "" ? text : text.slice(0, -1));
    } else if (chunk instanceof Uint8Array) {
      yield encoder.encode(half);
      half = "";
      yield chunk;
    } else {
      // Callers in plain JavaScript get an error, not an empty input.
      throw new InvalidArgumentError("a chunk", "a string or bytes", chunk);
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
  const object: object = Object(source);
  if (Symbol.asyncIterator in object || Symbol.iterator in object) {
    // Each chunk is checked as it is read.
    return source as AsyncIterable<string | Uint8Array>;
  }
  if ("getReader" in object) {
    return readAll(source as ReadableStream<string | Uint8Array>);
  }
  throw new InvalidArgumentError("the source", "text, bytes, or a stream of them", source);
}

/** Reads a web stream, which not every browser can iterate over. */
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
    found += value.length;
    // The source may reuse its memory for the next chunk, so the bytes are copied.
    parts.push(found < length ? new Uint8Array(value) : value);
  }
  return concatenate(parts);
}

async function* prepend(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    // A consumer that stops at the first bytes must end the rest, too.
    await rest.return();
  }
}
