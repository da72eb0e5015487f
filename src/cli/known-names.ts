import { excerpt } from "../event/errors/mission-dossier-error.js";
import { nearest } from "../event/model/nearest.js";
import { printable } from "./terminal-text.js";

/** A name that a person gave, for a message. An empty one must be visible too. */
export function givenName(name: string): string {
  return printable(excerpt(name)) || '""';
}

/** A hint for an unknown name: the most similar known name, or all known names. */
export function knownNamesHint(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined ? `known: ${known.join(", ")}` : `did you mean ${meant}?`;
}
