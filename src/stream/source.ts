import { InvalidArgumentError } from "../event/errors/errors.js";
import { concatenate, inPieces } from "./bytes.js";
import { gunzip } from "./gunzip.js";

/** Where the bytes of an input come from. */
export type JsonSource =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  /** A stream of Node among others. */
  | AsyncIterable<string | Uint8Array>
  /** A stream of the web. */
  | ReadableStream<string | Uint8Array>;

/** The bytes of an input, unpacked where they are gzipped. */
export async function* chunksOf(source: JsonSource): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = inPieces(bytesOf(source), MAX_PIECE);
  const first = await firstBytes(chunks, GZIP_MAGIC.length);
  const isGzip = GZIP_MAGIC.every((byte, index) => first[index] === byte);
  const all = prepend(first, chunks);
  yield* isGzip ? gunzip(all) : all;
}

/** The first bytes of every file that is gzipped. No JSON begins like this. */
const GZIP_MAGIC = [0x1f, 0x8b];

/** What is longer is handed on piece by piece, so that not all of it becomes records at once. */
const MAX_PIECE = 2 ** 18;

/** The chunks as UTF-8. Where one string ends and the next begins may be within a character. */
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
      // Callers without a compiler must not get nothing for it.
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
    // It is what it should be then.
    return source as AsyncIterable<string | Uint8Array>;
  }
  if ("getReader" in object) {
    return readAll(source as ReadableStream<string | Uint8Array>);
  }
  throw new InvalidArgumentError("the source", "text, bytes, or a stream of them", source);
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
    found += value.length;
    // What gave the bytes may use their memory again when it is asked for more.
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
    // Whoever has seen enough in the first bytes ends the rest too.
    await rest.return();
  }
}
