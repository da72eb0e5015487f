import { MissionDossierError, reasonOf } from "../event/errors/mission-dossier-error.js";
import { inPieces } from "./bytes.js";

/** Raised when an input begins as gzip does, and cannot be unpacked to its end. */
export class DamagedGzipError extends MissionDossierError {
  override readonly name = "DamagedGzipError";
  constructor(cause: unknown, file?: string) {
    super("damaged_gzip", `not all of it is gzip: ${reasonOf(cause)}`, { file }, { cause });
  }
}

/**
 * Unpacks as much as is asked for, and pulls only when nothing that is unpacked is
 * left. A stream that the chunks were piped through would not hold them back: that
 * of Node takes 16,384 of them, however long they are.
 *
 * @throws DamagedGzipError when the bytes are not what gzip writes, not all of it, or more.
 */
export async function* gunzip(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new PackedInput(inPieces(chunks, MAX_PACKED_PIECE));
  const { readable, writable, taken } = unpacker();
  const packed = writable.getWriter();
  const unpacked = readable.getReader();
  const feed = async (): Promise<undefined> => {
    const piece = await input.next();
    await (piece === undefined ? packed.close() : packed.write(piece));
  };
  try {
    let reading = quiet(unpacked.read());
    let feeding = quiet(feed());
    for (;;) {
      const output = await (input.isAtEnd ? reading : Promise.race([reading, feeding]));
      if (output === undefined) {
        feeding = input.isAtEnd ? feeding : quiet(feed());
      } else if (output.done) {
        await feeding;
        break;
      } else {
        yield output.value;
        reading = quiet(unpacked.read());
      }
    }
    while (!input.isAtEnd) {
      await input.next();
    }
    if (taken !== undefined && input.length - input.zeros > taken()) {
      throw new Error("there is more after its end");
    }
  } catch (error) {
    throw input.failure === undefined ? new DamagedGzipError(error) : input.failure.error;
  } finally {
    quiet(unpacked.cancel());
    quiet(packed.abort());
    // Where a piece is being waited for, the source ends only when that has come.
    quiet(input.stop());
  }
}

/** A little that is packed may be a thousand times as much that is not. */
const MAX_PACKED_PIECE = 2 ** 16;

/** The pieces of what is packed, and what is known of them. */
class PackedInput {
  /** How many bytes have come. */
  length = 0;
  /** With how many zeros they end: what is written in blocks is filled up with them. */
  zeros = 0;
  isAtEnd = false;
  /** What went wrong where they come from. */
  failure: { readonly error: unknown } | undefined;

  constructor(private readonly pieces: AsyncGenerator<Uint8Array, void, undefined>) {}

  async next(): Promise<Uint8Array | undefined> {
    const { value, done } = await this.pieces.next().catch((error: unknown) => {
      this.failure = { error };
      throw error;
    });
    this.isAtEnd = done === true;
    if (value === undefined) {
      return undefined;
    }
    this.length += value.length;
    const zeros = value.length - 1 - value.findLastIndex((byte) => byte !== 0);
    this.zeros = zeros === value.length ? this.zeros + zeros : zeros;
    // What gave the bytes may use their memory again before they are unpacked.
    return new Uint8Array(value);
  }

  async stop(): Promise<void> {
    await this.pieces.return();
  }
}

type Unpacker = {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** How many bytes it has read, where it says that. */
  readonly taken?: () => number;
};

/**
 * Browsers reject whatever follows the end. Node passes over all that follows a zero
 * there, unless the two come in one write with the zero first, and what its
 * decompression stream is made of tells how far it has read.
 */
function unpacker(): Unpacker {
  const { getBuiltinModule } = typeof process === "undefined" ? {} : process;
  const gunzip = getBuiltinModule?.("node:zlib").createGunzip();
  const duplex = getBuiltinModule?.("node:stream").Duplex;
  if (gunzip === undefined || duplex === undefined) {
    return new DecompressionStream("gzip");
  }
  const { readable, writable } = duplex.toWeb(gunzip);
  return { readable, writable, taken: () => gunzip.bytesWritten };
}

/** What fails while nobody waits for it is known to whoever waits for what comes next. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
