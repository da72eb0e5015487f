import { MissionDossierError, reasonOf } from "../event/errors/mission-dossier-error.js";
import { inPieces } from "./bytes.js";

/** Raised when an input begins like gzip but cannot be unpacked to its end. */
export class DamagedGzipError extends MissionDossierError {
  override readonly name = "DamagedGzipError";
  constructor(cause: unknown, file?: string) {
    super("damaged_gzip", `damaged gzip: ${reasonOf(cause)}`, { file }, { cause });
  }
}

/**
 * Unpacks as much as the caller asks for, and reads the next chunk only when all
 * unpacked bytes are used. Piping the chunks through a stream would read too far
 * ahead: Node's stream buffers 16,384 chunks, however long they are.
 *
 * @throws DamagedGzipError when the bytes are not gzip, end too early, or go on after its end.
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
      throw new Error("extra bytes after its end");
    }
  } catch (error) {
    throw input.failure === undefined ? new DamagedGzipError(error) : input.failure.error;
  } finally {
    quiet(unpacked.cancel());
    quiet(packed.abort());
    // The source ends only after the piece that it is still waiting for.
    quiet(input.stop());
  }
}

/** Pieces are small because gzip can shrink data a thousandfold. */
const MAX_PACKED_PIECE = 2 ** 16;

/** The packed pieces of the input, and how far they have been read. */
class PackedInput {
  /** How many bytes have been read. */
  length = 0;
  /** How many zeros these bytes end with. Programs that write in blocks pad with zeros. */
  zeros = 0;
  isAtEnd = false;
  /** The error of the source, if it failed. */
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
    // The source may reuse its memory before the bytes are unpacked, so they are copied.
    return new Uint8Array(value);
  }

  async stop(): Promise<void> {
    await this.pieces.return();
  }
}

type Unpacker = {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** How many packed bytes it has read. Only Node can tell. */
  readonly taken?: () => number;
};

/**
 * Browsers reject any bytes after the end. Node ignores them if the first is a zero,
 * unless the end and that zero come in one write. Node's `createGunzip`, unlike its
 * `DecompressionStream`, tells how far it has read, so such bytes can be found.
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

/**
 * Keeps a promise that fails before anybody awaits it from being reported as unhandled.
 * Whoever awaits it later still gets its error.
 */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
