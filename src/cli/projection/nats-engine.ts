import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { MissionDossierError } from "../../event/errors/mission-dossier-error.js";
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
import { checkSetUp, onServer } from "../../nats/current-states.js";
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
  /** The name of the current set of states, which a rebuild replaces. */
  const currentStates = () => onServer(nats, names, async ({ states }) => states);
  const letters = async () => {
    await checkSetUp(nats, names);
    return NatsDeadLetters.open(nats, new Topology(names));
  };
  return {
    async project(run) {
      const counts = new Counts(run);
      const { observer } = counts;
      const start = async (states: string) => ({
        states,
        worker: await NatsWorker.start(nats, { ...names, states, observer }),
      });
      let current = await setUp(async () => start(await currentStates()));
      let last: NatsProgress = { events: 0, pending: 0, unacknowledged: 0 };
      let idle = 0;
      const ask = async (): Promise<void> => {
        try {
          const states = await currentStates();
          if (states !== current.states) {
            const { worker: old } = current;
            const next = await start(states);
            if (run.signal.aborted) {
              return await next.worker.stop();
            }
            current = next;
            await old.stop();
          }
          last = await natsProgress(nats, { ...names, states });
        } catch (error) {
          // The worker goes on when the server is back.
          if (!run.follow || !(error instanceof NatsError) || error.problem !== "unreachable") {
            throw error;
          }
        }
      };
      const stopped = aborted(run.signal);
      try {
        for (;;) {
          const before = behind(last);
          // A server that is down takes seconds not to answer.
          await Promise.race([ask(), stopped]);
          const status = counts.status(last);
          run.onStatus(status);
          if (run.signal.aborted || (!run.follow && status.lag === "")) {
            return status;
          }
          idle = behind(last) < before ? 0 : idle + 1;
          // The other missions come first.
          if (!run.follow && idle >= MOST_IDLE && counts.failure !== undefined) {
            throw counts.failure;
          }
          await sleep(500, undefined, { signal: run.signal }).catch(() => undefined);
        }
      } finally {
        await current.worker.stop();
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
    async *watch(mission, signal) {
      while (!signal.aborted) {
        const states = await currentStates();
        const end = new AbortController();
        const stop = (): void => end.abort();
        signal.addEventListener("abort", stop, { once: true });
        if (signal.aborted) {
          return;
        }
        const timer = setInterval(async () => {
          // A server that does not answer has not switched.
          if (states !== (await currentStates().catch(() => states))) {
            stop();
          }
        }, SWITCHED_WITHIN_MS);
        try {
          yield* watchStates(nats, { ...names, states, mission, signal: end.signal });
        } finally {
          clearInterval(timer);
          signal.removeEventListener("abort", stop);
        }
      }
    },
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
  /** Why a mission cannot be projected: a retry will fail alike. */
  failure: MissionDossierError | undefined;

  constructor(run: Pick<ProjectRun, "onDeadLetter" | "onProblem" | "signal">) {
    this.observer = {
      onError: (error, mission) => {
        if (error instanceof MissionDossierError && !(error instanceof NatsError)) {
          this.failure ??= error;
        }
        // What the end cuts off is not tried again.
        if (!run.signal.aborted) {
          run.onProblem(error, mission);
        }
      },
      onWindow: ({ events }) => {
        this.events += events;
      },
      onDeadLetter: (letter) => {
        this.deadLetters++;
        run.onDeadLetter(letter);
      },
    };
  }

  status(progress: NatsProgress): ProjectStatus {
    const { events, deadLetters } = this;
    const lag = behind(progress);
    return {
      events,
      missions: undefined,
      // A worker does not say, but `publish` has reported them.
      skipped: 0,
      misspelled: 0,
      deadLetters,
      lag: lag === 0 ? "" : counted(lag, "event"),
    };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) {
      resolve();
    }
  });
}

function behind({ pending, unacknowledged }: NatsProgress): number {
  return pending + unacknowledged;
}

/** Milliseconds after which readers notice that a rebuild has put another set in place. */
const SWITCHED_WITHIN_MS = 2_000;
/** How often no progress is seen before a run ends because of a mission. */
const MOST_IDLE = 4;
