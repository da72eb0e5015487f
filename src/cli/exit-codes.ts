/** What each exit code of the command means. Shown in its help. */
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
  drifted: { code: 3, meaning: "with --fail-on-drift: the replicas have drifted" },
  interrupted: { code: 130, meaning: "Ctrl-C was pressed before the input had been read" },
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]["code"];

/** Raised for a mistake of the user's that ends the command with a message and a code. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}
