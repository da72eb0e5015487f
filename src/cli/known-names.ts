import { nearest } from "../event/model/nearest.js";

/** What to say to somebody who gave a name that is not known: the one meant, or all. */
export function knownNamesHint(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined ? `known: ${known.join(", ")}` : `did you mean ${meant}?`;
}
