import type { DeadLetter, ProjectedMission, StateDifference } from "../../projection/index.js";

/** The place where a projection runs: files, or a NATS server. */
export type Engine = {
  /** Keeps the states up to date, and resolves at the end of the log, or after the signal. */
  project(run: ProjectRun): Promise<ProjectStatus>;
  /** Checks that there are stored states, even if of no mission yet. */
  checkStates(): Promise<void>;
  /** The states of all missions, in no order. */
  states(): AsyncIterable<ProjectedMission>;
  /** The state of a mission, by its key. */
  state(mission: string): Promise<ProjectedMission | undefined>;
  /** The state of a mission, by its key, or of all, and each later one until the signal. */
  watch(mission: string | undefined, signal: AbortSignal): AsyncIterable<ProjectedMission>;
  deadLetters(): AsyncIterable<DeadLetter>;
  /** Checks that the log is the one that the letters come from. */
  checkLog(): Promise<void>;
  /** Removes a letter that was dealt with. */
  removeLetter(letter: DeadLetter): Promise<unknown>;
  /** Appends records to the log unchanged, except those that it recognizes as stored already. */
  publish(
    records: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly stored: number; readonly repeated: number }>;
  /** Builds the states from the whole log, and puts them in the place of the current ones. */
  rebuild(run: RebuildRun): Promise<ProjectStatus>;
  close(): Promise<void>;
};

/** How long a projection runs, and where it reports to. */
export type ProjectRun = {
  readonly follow: boolean;
  readonly signal: AbortSignal;
  readonly onStatus: (status: ProjectStatus) => void;
  readonly onDeadLetter: (letter: DeadLetter) => void;
  /** Something failed, and is tried again: with a mission, only that one waits. */
  readonly onProblem: (error: unknown, mission?: string) => void;
};

/** How states are rebuilt, and where that is reported to. */
export type RebuildRun = Omit<ProjectRun, "follow"> & {
  readonly compareOnly: boolean;
  readonly onDifference: (difference: StateDifference) => void;
};

/** How far a projection is. */
export type ProjectStatus = {
  /** The dossier events of this run. */
  readonly events: number;
  /** The missions of these events. `undefined` if the engine does not count them. */
  readonly missions: number | undefined;
  /** Those of `events` whose payload the contract rejects; 0 if the engine does not count them. */
  readonly skipped: number;
  /** The events whose type is nearly one of the contract's; 0 if the engine does not count them. */
  readonly misspelled: number;
  /** The new dead letters of this run. */
  readonly deadLetters: number;
  /** The part of the log that is not in the states yet, as text; empty if there is none. */
  readonly lag: string;
};

/** The options that choose an engine. */
export type EngineOptions = {
  /** A file or a folder. */
  readonly log?: string;
  /** A folder. */
  readonly states?: string;
  /** The URL of a server. */
  readonly nats?: string;
  /** Names one of several projections on a NATS server. */
  readonly prefix?: string;
};
