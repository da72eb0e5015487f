import type { ArtifactEntry } from "../dossier/state.js";
import { bareHash } from "../parity/content-hash.js";
import { printable } from "./terminal-text.js";

/** The hash of a content, shortened: the first digits tell two contents apart. */
export function shortHash({ algorithm, hash }: ArtifactEntry["contentRef"]): string {
  return `${algorithm}:${printable(bareHash(hash).slice(0, 12))}`;
}
