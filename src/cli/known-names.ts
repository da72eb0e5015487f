import { nearest } from "../event/model/nearest.js";

/** A hint for an unknown name: the most similar known name, or all known names. */
export function knownNamesHint(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined ? `known: ${known.join(", ")}` : `did you mean ${meant}?`;
}
