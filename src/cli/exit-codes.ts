import type { ErrorCode } from "../event/errors/mission-dossier-error.js";

/** The meaning of each exit code. Shown in the help of the program. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: "the state was printed, or everything conforms" },
  rejected: {
    code: 1,
    meaning: "rejected input: an invalid line, mixed missions, a payload (see --strict)",
  },
  misuse: {
    code: 2,
    meaning: "a wrong option, an unreadable file, or output that cannot be written",
  },
  drifted: {
    code: 3,
    meaning: "the replicas have drifted (see --fail-on-drift), or a claim is refuted",
  },
  uncertain: {
    code: 4,
    meaning: "cannot tell, since events or files were skipped or missing",
  },
  interrupted: { code: 130, meaning: "Ctrl-C was pressed before the input had been read" },
} as const;

/** The meaning of the exit codes of each command. Shown in its help. */
export const EXIT_CODES_OF_COMMAND = {
  reduce: {
    ok: "the state was printed",
    rejected: "rejected input: an invalid line, mixed missions, or see --strict",
    misuse: EXIT_CODES.misuse.meaning,
    drifted: "with --fail-on-drift: the replicas have drifted",
    uncertain: "with --fail-on-drift: cannot tell, since events were skipped or missing",
    interrupted: EXIT_CODES.interrupted.meaning,
  },
  validate: {
    ok: "every record conforms",
    rejected: "a record does not conform; with --strict, also no record at all",
    misuse: EXIT_CODES.misuse.meaning,
    uncertain: "cannot tell, since the reader of the output stopped before the end",
    interrupted: EXIT_CODES.interrupted.meaning,
  },
  diff: {
    ok: "the replicas are in parity",
    rejected: "rejected input: an invalid line, mixed missions, or no valid state",
    misuse: EXIT_CODES.misuse.meaning,
    drifted: "the replicas have drifted",
    uncertain: "cannot tell, since events were skipped or missing",
    interrupted: EXIT_CODES.interrupted.meaning,
  },
  audit: {
    ok: "every claim is confirmed",
    rejected: "rejected input: an invalid line, or mixed missions",
    misuse: EXIT_CODES.misuse.meaning,
    drifted: "a claim is refuted",
    uncertain: "cannot tell, since a claim cannot be checked, or events were skipped",
    interrupted: EXIT_CODES.interrupted.meaning,
  },
  conformance: {
    ok: "every case is as expected",
    rejected: "a case is not as expected, or got no verdict",
    misuse: "a wrong option, or a program that does not judge at all",
    interrupted: "Ctrl-C was pressed",
  },
  index: {
    ok: "the events were written, or there was nothing to write",
    rejected: "the log has an invalid record, or is of another mission",
    misuse: "a wrong option, an unreadable folder or log, or output that fails",
    uncertain: "a file could not be read, so the log may not be up to date",
    interrupted: "Ctrl-C was pressed, and nothing was written",
  },
  project: {
    ok: "the states are up to date, or --follow was ended by Ctrl-C",
    rejected: "stored states are damaged, or of another contract (see rebuild)",
    misuse: "a wrong option, a log that was changed, states in use, or no access",
    interrupted: "Ctrl-C was pressed; what was read until then is stored",
  },
  publish: {
    ok: "every event was published",
    rejected: "a line was refused; the others were published",
    misuse: "a wrong option, or a file, log or server that cannot be read or written",
    interrupted: "Ctrl-C was pressed; what was read until then is published",
  },
  watch: {
    ok: "the state was printed",
    rejected: "the stored state is damaged, or was stored under another contract",
    misuse: "a wrong option, no such mission, or states that cannot be read",
  },
  serve: {
    ok: "it was ended by Ctrl-C",
    rejected: "the stored states are damaged, or of another contract (see rebuild)",
    misuse: "a wrong option, no token, a port in use, or states that cannot be read",
  },
  "dead-letters": {
    ok: "the letters were printed, or the event was published",
    rejected: "the repaired event is still not one of a mission",
    misuse: "a wrong option, no such letter, another log, or states that fail",
  },
  rebuild: {
    ok: "the states were rebuilt, or with --compare-only, none differs",
    misuse: "a wrong option, another rebuild that is running, or no access",
    drifted: "with --compare-only: a state differs",
    interrupted: "Ctrl-C was pressed; the states are what they were",
  },
  upcast: {
    ok: "every event was written in that generation",
    rejected: "a line was left as it is; the others were written",
    misuse: "a wrong option, an unreadable file, or output that cannot be written",
    interrupted: "Ctrl-C was pressed",
  },
  schema: {
    ok: "the schema was printed, or the list",
    misuse: "a wrong option, an unknown schema, or output that cannot be written",
  },
} as const satisfies {
  readonly [command: string]: { readonly [name in keyof typeof EXIT_CODES]?: string };
};

/** One of the commands. */
export type CommandName = keyof typeof EXIT_CODES_OF_COMMAND;

/** How the command ends with each error of the package. `docs/errors.md` has the same. */
export const EXIT_CODE_OF_ERROR = {
  invalid_event: EXIT_CODES.rejected.code,
  invalid_payload: EXIT_CODES.rejected.code,
  invalid_state: EXIT_CODES.rejected.code,
  invalid_binary: EXIT_CODES.rejected.code,
  unknown_event_type: EXIT_CODES.misuse.code,
  mixed_namespaces: EXIT_CODES.rejected.code,
  different_missions: EXIT_CODES.rejected.code,
  replay_required: EXIT_CODES.rejected.code,
  unknown_field: EXIT_CODES.rejected.code,
  skipped_payload: EXIT_CODES.rejected.code,
  project_mismatch: EXIT_CODES.rejected.code,
  conflicting_event: EXIT_CODES.rejected.code,
  clock_backwards: EXIT_CODES.rejected.code,
  unreadable_record: EXIT_CODES.rejected.code,
  unreadable_file: EXIT_CODES.misuse.code,
  no_states: EXIT_CODES.misuse.code,
  broken_log: EXIT_CODES.misuse.code,
  changed_log: EXIT_CODES.misuse.code,
  locked_file: EXIT_CODES.misuse.code,
  unwritable_file: EXIT_CODES.misuse.code,
  nats: EXIT_CODES.misuse.code,
  different_topology: EXIT_CODES.misuse.code,
  damaged_gzip: EXIT_CODES.misuse.code,
  too_large: EXIT_CODES.misuse.code,
  invalid_argument: EXIT_CODES.misuse.code,
  invalid_fixtures: EXIT_CODES.misuse.code,
  unknown_fixture_category: EXIT_CODES.misuse.code,
  unknown_fixture: EXIT_CODES.misuse.code,
  not_a_replay_stream: EXIT_CODES.misuse.code,
  unexpected_verdict: EXIT_CODES.rejected.code,
} as const satisfies { readonly [code in ErrorCode]: ExitCode };

/** One of the exit codes. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]["code"];

/** Raised for a mistake by the user. It ends the command with a message and an exit code. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}

/** Raised for an argument that is missing or wrong. The command's help is named after it. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, EXIT_CODES.misuse.code);
  }
}
