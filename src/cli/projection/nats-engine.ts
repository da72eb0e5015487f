import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  compareStates,
  connectToNats,
  missionKeys,
  NatsDeadLetters,
  NatsError,
  type NatsProgress,
  NatsWorker,
  natsOptionsFrom,
  natsProgress,
  publishToNats,
  readState,
  rebuildStates,
  removeStates,
  setUpNats,
  switchStates,
  Topology,
  type WorkerObserver,
  watchStates,
} from "../../nats/index.js";
import { checkSetUp } from "../../nats/current-states.js";
import { counted } from "../terminal-text.js";
import type { Engine, EngineOptions, ProjectRun, ProjectStatus } from "./engine.js";

/** The projection on a NATS server, which is set up first if needed. */
export async function natsEngine({ nats: url, prefix }: EngineOptions): Promise<Engine> {
  const nats = await connectToNats({
    ...natsOptionsFrom(),
    ...(url === undefined ? {} : { url: url.split(",") }),
  });
  const names = prefix === undefined ? {} : { prefix };
  // If an operator has set it up with other settings, it is left as it is.
  const setUp = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof NatsError && error.problem === "not_set_up") {
        await setUpNats(nats, names);
        return work();
      }
      throw error;
    }
  };
  const letters = async () => {
    await checkSetUp(nats, names);
    return NatsDeadLetters.open(nats, new Topology(names));
  };
  return {
    async project(run) {
      const counts = new Counts(run);
      const { observer } = counts;
      const worker = await setUp(() => NatsWorker.start(nats, { ...names, observer }));
      let last: NatsProgress = { events: 0, pending: 0, unacknowledged: 0 };
      const lastProgress = async (): Promise<NatsProgress> => {
        try {
          last = await natsProgress(nats, names);
        } catch (error) {
          // The worker goes on when the server is back.
          if (!run.follow || !(error instanceof NatsError) || error.problem !== "unreachable") {
            throw error;
          }
        }
        return last;
      };
      try {
        for (;;) {
          const status = counts.status(await lastProgress());
          run.onStatus(status);
          if (run.signal.aborted || (!run.follow && status.lag === "")) {
            return status;
          }
          await sleep(500, undefined, { signal: run.signal }).catch(() => undefined);
        }
      } finally {
        await worker.stop();
      }
    },
    checkStates: async () => void (await checkSetUp(nats, names)),
    async *states() {
      for await (const mission of missionKeys(nats, names)) {
        const state = await readState(nats, mission, names);
        if (state !== undefined) {
          yield state;
        }
      }
    },
    state: (mission) => readState(nats, mission, names),
    watch: (mission, signal) => watchStates(nats, { ...names, mission, signal }),
    async *deadLetters() {
      yield* (await letters()).list();
    },
    // The server has both.
    checkLog: async () => {},
    async removeLetter(letter) {
      await (await letters()).remove(letter);
    },
    async publish(records) {
      return setUp(() => publishToNats(nats, records, names));
    },
    async rebuild(run) {
      const counts = new Counts(run);
      const states = `states-${randomUUID().slice(0, 8)}`;
      let last: NatsProgress = { events: 0, pending: 0, unacknowledged: 0 };
      let isCurrent = false;
      try {
        await rebuildStates(nats, {
          ...names,
          states,
          signal: run.signal,
          worker: { observer: counts.observer },
          onProgress: (progress) => {
            last = progress;
            run.onStatus(counts.status(progress));
          },
        });
        for await (const difference of compareStates(nats, { ...names, after: states })) {
          run.onDifference(difference);
        }
        if (!run.compareOnly) {
          await switchStates(nats, { ...names, states });
          isCurrent = true;
        }
      } finally {
        if (!isCurrent) {
          await removeStates(nats, { ...names, states });
        }
      }
      return counts.status(last);
    },
    async close() {
      await nats.close();
    },
  };
}

/** Counts the work of this process's worker. */
class Counts {
  private events = 0;
  private deadLetters = 0;
  readonly observer: WorkerObserver;

  constructor(run: Pick<ProjectRun, "onDeadLetter">) {
    this.observer = {
      onWindow: ({ events }) => {
        this.events += events;
      },
      onDeadLetter: (letter) => {
        this.deadLetters++;
        run.onDeadLetter(letter);
      },
    };
  }

  status({ pending, unacknowledged }: NatsProgress): ProjectStatus {
    const { events, deadLetters } = this;
    const behind = pending + unacknowledged;
    return {
      events,
      missions: undefined,
      // A worker does not say, but `publish` has reported them.
      skipped: 0,
      misspelled: 0,
      deadLetters,
      lag: behind === 0 ? "" : counted(behind, "event"),
    };
  }
}
