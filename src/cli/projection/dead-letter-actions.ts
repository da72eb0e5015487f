import type { EngineOptions } from "./engine.js";

/** The options of `mission-dossier dead-letters`. */
export type DeadLettersCommandOptions = EngineOptions & {
  /** A file with the repaired event. */
  readonly with?: string;
};

/** The actions of `mission-dossier dead-letters`. */
export const LETTER_ACTIONS = ["list", "show", "retry"] as const;

/** One of {@link LETTER_ACTIONS}. */
export type LetterAction = (typeof LETTER_ACTIONS)[number];
