import { compareCodePoints } from "./code-points.js";
import { hashOfHashes, hashOfLines, lineOf } from "./parity-hash.js";
import type { ParityRule } from "./parity-rule.js";

/**
 * The text that the rule `"path-hash"` hashes, kept up to date while artifacts come and go. So a
 * hash costs the lines that have changed, a copy of the rest, and SHA-256, but no sorting.
 */
export class ArtifactText {
  /** The place of each path in the order of all paths. */
  private readonly ranks: Int32Array;
  /** By rank. */
  private readonly paths: readonly string[];
  /** By rank, the content hash of each artifact that is present. */
  private readonly hashes: (string | undefined)[];
  /** By rank, where its line begins in the bytes; one more for the end. */
  private readonly starts: Float64Array;
  private bytes: Uint8Array = new Uint8Array();
  /** The ranks whose lines in the bytes are outdated. */
  private readonly changed = new Set<number>();
  private known: string | undefined;

  /** @param paths Every path that will ever be present, each once. */
  constructor(
    paths: readonly string[],
    private readonly rule: ParityRule,
  ) {
    const places = paths
      .map((path, place) => ({ path, place }))
      .sort((a, b) => compareCodePoints(a.path, b.path));
    this.paths = places.map(({ path }) => path);
    this.ranks = new Int32Array(paths.length);
    places.forEach(({ place }, rank) => {
      this.ranks[place] = rank;
    });
    this.hashes = paths.map(() => undefined);
    this.starts = new Float64Array(paths.length + 1);
  }

  /**
   * Sets the content hash of an artifact, or takes the artifact out.
   *
   * @param place The place of its path in the list of paths.
   * @param hash Without the name of an algorithm.
   */
  set(place: number, hash: string | undefined): void {
    const rank = this.ranks[place] ?? 0;
    if (this.hashes[rank] !== hash) {
      this.hashes[rank] = hash;
      this.changed.add(rank);
      this.known = undefined;
    }
  }

  /** The parity hash of the artifacts that are present. */
  hash(): string {
    this.known ??= this.rule === "hashes" ? this.hashByHashes() : this.hashByLines();
    return this.known;
  }

  private hashByHashes(): string {
    return hashOfHashes(this.hashes.filter((hash) => hash !== undefined));
  }

  private hashByLines(): string {
    const ranks = [...this.changed].sort((a, b) => a - b);
    this.changed.clear();
    this.write(
      ranks,
      ranks.map((rank) => this.lineAt(rank)),
    );
    // The last line has no line feed.
    return hashOfLines(this.bytes.subarray(0, Math.max(0, this.bytes.length - 1)));
  }

  private lineAt(rank: number): Uint8Array {
    const hash = this.hashes[rank];
    return hash === undefined
      ? NO_LINE
      : encoder.encode(`${lineOf(this.paths[rank] ?? "", hash)}\n`);
  }

  /** Puts lines in the place of those at some ranks, which ascend. */
  private write(ranks: readonly number[], lines: readonly Uint8Array[]): void {
    const growth = ranks.map((rank, index) => (lines[index]?.length ?? 0) - this.lengthAt(rank));
    if (growth.every((bytes) => bytes === 0)) {
      ranks.forEach((rank, index) => {
        this.bytes.set(lines[index] ?? NO_LINE, this.starts[rank] ?? 0);
      });
      return;
    }
    const pieces: Uint8Array[] = [];
    let copied = 0;
    ranks.forEach((rank, index) => {
      pieces.push(this.bytes.subarray(copied, this.starts[rank]), lines[index] ?? NO_LINE);
      copied = this.starts[rank + 1] ?? 0;
    });
    pieces.push(this.bytes.subarray(copied));
    this.bytes = joined(pieces);
    let shift = 0;
    ranks.forEach((rank, index) => {
      shift += growth[index] ?? 0;
      const end = ranks[index + 1] ?? this.paths.length;
      for (let later = rank + 1; later <= end; later++) {
        this.starts[later] = (this.starts[later] ?? 0) + shift;
      }
    });
  }

  private lengthAt(rank: number): number {
    return (this.starts[rank + 1] ?? 0) - (this.starts[rank] ?? 0);
  }
}

const encoder = /* @__PURE__ */ new TextEncoder();
const NO_LINE = /* @__PURE__ */ new Uint8Array();

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
