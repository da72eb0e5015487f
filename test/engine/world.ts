import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import {
  DossierAccumulator,
  keyOfNamespace,
  reduceByNamespace,
  stateToJsonString,
} from "mission-dossier";
import {
  missionKeys,
  natsProgress,
  readState,
  type SetUpOptions,
  setUpNats,
  Topology,
  type TopologyOptions,
  type WorkerOptions,
} from "mission-dossier/nats";
import { RecordReader } from "mission-dossier/projection";
import { ADMIN, TestServer } from "./server.js";

/** A server that is set up, and the workers that a test starts on it. */
export class World {
  private readonly workers = new Set<WorkerProcess>();

  private constructor(
    readonly server: TestServer,
    readonly nats: NatsConnection,
    readonly names: TopologyOptions,
  ) {}

  get topology(): Topology {
    return new Topology(this.names);
  }

  static async create(options: SetUpOptions = {}, configuration = ""): Promise<World> {
    const server = await TestServer.start(configuration);
    const nats = await connect({
      servers: server.url,
      ...ADMIN,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    await setUpNats(nats, { ackWaitMs: 2_000, ...options });
    return new World(server, nats, { prefix: options.prefix, states: "states" });
  }

  /** The same, with another set of states; the current one without a name. */
  at(states: string | undefined): World {
    return new World(this.server, this.nats, { ...this.names, states });
  }

  async remove(): Promise<void> {
    await Promise.all([...this.workers].map((worker) => worker.kill()));
    await this.nats.close();
    await this.server.remove();
  }

  async startWorker(
    options: Omit<WorkerOptions, "observer"> = {},
    imports: readonly string[] = [],
  ): Promise<WorkerProcess> {
    const worker = new WorkerProcess(this.server.url, { ...this.names, ...options }, imports);
    this.workers.add(worker);
    await worker.has("ready");
    return worker;
  }

  /** Waits until every event is stored and acknowledged. */
  async untilDone(atMostMs = 120_000): Promise<void> {
    const end = Date.now() + atMostMs;
    let rest: unknown;
    while (Date.now() < end) {
      try {
        const progress = await natsProgress(this.nats, this.names);
        rest = progress;
        if (progress.pending + progress.unacknowledged === 0) {
          return;
        }
      } catch (error) {
        rest = error;
      }
      await sleep(100);
    }
    throw new Error(`The workers are not done: ${JSON.stringify(rest)}`);
  }

  /** The events in the stream, in their order. */
  async *events(): AsyncGenerator<{ seq: number; subject: string; bytes: Uint8Array }> {
    const manager = await jetstreamManager(this.nats);
    const stream = this.topology.eventStream;
    const { state } = await manager.streams.info(stream);
    let next = state.first_seq;
    while (next <= state.last_seq) {
      const messages: { seq: number; subject: string; bytes: Uint8Array }[] = [];
      await new Promise<void>((resolve, reject) => {
        void manager.direct.getBatch(stream, {
          seq: next,
          batch: 1000,
          callback: (done, { seq, subject, data }) => {
            if (done === null) {
              messages.push({ seq, subject, bytes: data });
            } else if (done.err === undefined) {
              resolve();
            } else {
              reject(done.err);
            }
          },
        });
      });
      yield* messages;
      next = (messages.at(-1)?.seq ?? next - 1) + 1;
    }
  }

  /**
   * The missions whose stored state is not what `reduceByNamespace` gives for the events in the
   * stream, with the ones that should not be there.
   */
  async differences(setAside: readonly number[] = []): Promise<string[]> {
    const reader = new RecordReader();
    const events: unknown[] = [];
    for await (const { seq, subject, bytes } of this.events()) {
      const read = reader.read(bytes);
      const isOwn = read.kind === "mission" && this.topology.eventSubject(read.mission) === subject;
      if (isOwn && !setAside.includes(seq)) {
        events.push(JSON.parse(new TextDecoder().decode(bytes)));
      }
    }
    const expected = new Map<string, string>();
    // They were read as events.
    for (const { state } of reduceByNamespace(events as never).missions) {
      if (state.namespace !== undefined) {
        expected.set(keyOfNamespace(state.namespace), stateToJsonString(state));
      }
    }
    return differing(expected, await this.storedStates());
  }

  /** The stored states as JSON, without those of missions that had no event. */
  async storedStates(): Promise<Map<string, string>> {
    const states = new Map<string, string>();
    for await (const mission of missionKeys(this.nats, this.names)) {
      const projected = await readState(this.nats, mission, this.names);
      if (projected !== undefined) {
        const state = DossierAccumulator.fromBinary(projected.checkpoint).state();
        if (state.eventCount > 0) {
          states.set(mission, stateToJsonString(state));
        }
      }
    }
    return states;
  }

  /** How often a state was written since the beginning. */
  async writes(): Promise<number> {
    const manager = await jetstreamManager(this.nats);
    const { state } = await manager.streams.info(`KV_${this.topology.stateBucket}`);
    return state.last_seq;
  }
}

function differing(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
}

type Report = { readonly kind: string; readonly [name: string]: unknown };

/** A worker as a process of its own. */
export class WorkerProcess {
  readonly reports: Report[] = [];
  private readonly process: ChildProcess;
  private readonly exit: Promise<void>;
  private onReport: () => void = () => undefined;
  /** The process ended by itself, or was ended by an event. */
  hasCrashed = false;
  private isExpected = false;

  constructor(url: string, options: object, imports: readonly string[]) {
    const program = fileURLToPath(new URL("worker.mjs", import.meta.url));
    const args = [...imports.flatMap((file) => ["--import", file]), program];
    this.process = spawn(process.execPath, [...args, url, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (this.process.stdout !== null) {
      createInterface(this.process.stdout).on("line", (line) => {
        this.reports.push(JSON.parse(line));
        this.onReport();
      });
    }
    this.exit = new Promise((resolve) => {
      this.process.once("exit", () => {
        this.hasCrashed = !this.isExpected;
        resolve();
        this.onReport();
      });
    });
  }

  of(kind: string): Report[] {
    return this.reports.filter((report) => report.kind === kind);
  }

  /** Waits for a report, or for the end of the process. */
  async has(kind: string): Promise<void> {
    while (this.of(kind).length === 0 && this.process.exitCode === null && !this.hasCrashed) {
      await new Promise<void>((resolve) => {
        this.onReport = resolve;
      });
    }
  }

  async gone(): Promise<void> {
    await this.exit;
  }

  pause(): void {
    this.process.kill("SIGSTOP");
  }

  resume(): void {
    this.process.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.isExpected = true;
    this.process.kill("SIGKILL");
    await this.exit;
  }

  /** Lets the process end by itself. */
  async stop(): Promise<void> {
    this.isExpected = true;
    this.process.kill("SIGTERM");
    await this.exit;
  }
}
