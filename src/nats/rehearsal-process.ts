import { writeSync } from "node:fs";
import { MissionProjection } from "../projection/mission-projection.js";
import type { LogRecord, ProjectionPorts } from "../projection/ports.js";

/** The input of the process. */
export type RehearsalScript = {
  readonly mission: string;
  /** The stored projection that the records follow on, if any. */
  readonly stored: Uint8Array | undefined;
  readonly records: readonly LogRecord[];
};

/** The answer of the process to one script. */
export type Rehearsed = "done";

process.on("message", async (script: RehearsalScript) => {
  try {
    await play(script);
  } catch {
    // An error does not end a process. The worker will meet it again, and report it.
  }
  // The worker may be gone, so an error in sending is ignored.
  process.send?.("done" satisfies Rehearsed, undefined, undefined, () => undefined);
});

async function play({ mission, stored, records }: RehearsalScript): Promise<void> {
  const ports: ProjectionPorts = {
    log: {
      async *read(_mission, after) {
        yield* records.filter(({ seq }) => seq > after);
      },
    },
    states: {
      get: async () => (stored === undefined ? undefined : { bytes: stored, revision: 1 }),
      put: async () => 2,
    },
    deadLetters: { put: async () => undefined },
  };
  const projection = await MissionProjection.open(mission, ports);
  for (const { seq, bytes, read } of records) {
    // It must be written before the record is touched, so it cannot be a message.
    writeSync(1, `${seq}\n`);
    if (read === undefined) {
      await projection.take(seq, bytes, { previous: projection.position });
    }
  }
}
