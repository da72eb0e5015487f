import type { ObservedEvent } from "./observed-log.js";

/** The paths of a dossier, and the path by which each is superseded, while events are taken. */
export class Supersession {
  private readonly paths = new Set<string>();
  private readonly by = new Map<string, string>();

  /** Takes the next event in the order of the stream. */
  take({ kind, path, supersedes }: ObservedEvent): void {
    if (kind === "indexed") {
      if (supersedes !== undefined && this.paths.has(supersedes)) {
        this.by.set(supersedes, path);
      }
      this.paths.add(path);
      this.by.delete(path);
    }
  }

  /** How many paths are known. */
  get known(): number {
    return this.paths.size;
  }

  /** How many of them are superseded. */
  get count(): number {
    return this.by.size;
  }

  /** The paths that superseded a path, one after the other: the last one is present. */
  chainFrom(path: string, most: number): string[] {
    const chain: string[] = [];
    // Each link is later than the one before, so a chain never returns to a path.
    for (let next = this.by.get(path); next !== undefined; next = this.by.get(next)) {
      if (chain.length === most) {
        return [...chain, "…"];
      }
      chain.push(next);
    }
    return chain;
  }

  /** The paths that each path superseded. */
  predecessors(): Map<string, string[]> {
    const before = new Map<string, string[]>();
    for (const [old, path] of this.by) {
      const known = before.get(path) ?? [];
      known.push(old);
      before.set(path, known);
    }
    return before;
  }
}
