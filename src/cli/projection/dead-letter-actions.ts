import type { EngineOptions } from "./engine.js";

/** The options of `mission-dossier dead-letters`. */
export type DeadLettersCommandOptions = EngineOptions & {
  /** A file with the repaired event. */
  readonly with?: string;
};

/** What `mission-dossier dead-letters` does. */
export const LETTER_ACTIONS = ["list", "show", "retry"] as const;

/** One of them. */
export type LetterAction = (typeof LETTER_ACTIONS)[number];
