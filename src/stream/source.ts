import { InvalidArgumentError } from "../event/errors.js";
import { MissionDossierError, reasonOf } from "../event/mission-dossier-error.js";
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
export class DamagedGzipError extends MissionDossierError {
  override readonly name = "DamagedGzipError";
  constructor(cause: unknown, file?: string) {
    super("damaged_gzip", `not all of it is gzip: ${reasonOf(cause)}`, { file }, { cause });
  }
}

/** The bytes of an input, unpacked where they are gzipped. */
export async function* chunksOf(source: JsonSource): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = piecesOf(source, MAX_PIECE);
  const first = await firstBytes(chunks, GZIP_MAGIC.length);
  const isGzip = GZIP_MAGIC.every((byte, index) => first[index] === byte);
  const all = prepend(first, chunks);
  yield* isGzip ? gunzip(all) : all;
}

/** The first bytes of every file that is gzipped. No JSON begins like this. */
const GZIP_MAGIC = [0x1f, 0x8b];

/** What is longer is handed on piece by piece, so that not all of it becomes records at once. */
const MAX_PIECE = 2 ** 18;

async function* piecesOf(
  source: JsonSource,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of bytesOf(source)) {
    for (let start = 0; start < bytes.length; start += size) {
      yield bytes.length <= size ? bytes : bytes.subarray(start, start + size);
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

/**
 * Unpacks as much as is asked for, and pulls only when nothing that is unpacked is
 * left. A stream that the chunks were piped through would not hold them back: that
 * of Node takes 16,384 of them, however long they are.
 *
 * @throws DamagedGzipError when the bytes are not what gzip writes, or not all of it.
 */
async function* gunzip(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = piecesOf(chunks, MAX_PACKED_PIECE);
  const { readable, writable } = new DecompressionStream("gzip");
  const packed = writable.getWriter();
  const unpacked = readable.getReader();
  let failure: { readonly error: unknown } | undefined;
  let isClosed = false;
  const feed = async (): Promise<undefined> => {
    const { value, done } = await pieces.next().catch((error: unknown) => {
      failure = { error };
      throw error;
    });
    isClosed = done === true;
    await (value === undefined ? packed.close() : packed.write(value));
  };
  try {
    let reading = quiet(unpacked.read());
    let feeding = quiet(feed());
    for (;;) {
      const output = await (isClosed ? reading : Promise.race([reading, feeding]));
      if (output === undefined) {
        feeding = isClosed ? feeding : quiet(feed());
      } else if (output.done) {
        break;
      } else {
        yield output.value;
        reading = quiet(unpacked.read());
      }
    }
  } catch (error) {
    throw failure === undefined ? new DamagedGzipError(error) : failure.error;
  } finally {
    quiet(unpacked.cancel());
    quiet(packed.abort());
    // Where a piece is being waited for, the source ends only when that has come.
    quiet(pieces.return());
  }
}

/** A little that is packed may be a thousand times as much that is not. */
const MAX_PACKED_PIECE = 2 ** 16;

/** What fails while nobody waits for it is known to whoever waits for what comes next. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
