import { createHash, randomUUID } from "node:crypto";
import { DossierAccumulator } from "../dossier/accumulator.js";
import { stateToJsonString } from "../dossier/state.js";
import type { ContractOptions } from "../event/generation/generation.js";
import type { ProjectedMission } from "../projection/index.js";
import { missionSummary } from "../report/mission-summary.js";
import { driftedFirst, type MissionSummary } from "../report/missions-overview.js";
import { stateReport } from "../report/state-report.js";

/** A mission as the server lists it. */
export type ListedMission = MissionSummary & {
  /** The sequence of the last record of the log that is in the state. */
  readonly position: number;
};

/** Everything besides the state that an answer depends on. */
export type AnswerOptions = ContractOptions & {
  /** The version of the program. */
  readonly version: string;
};

/** A text with the tag by which a client recognizes that it has the text already. */
export type Tagged = { readonly text: string; readonly etag: string };

/** The summaries of all missions, and which of them have changed last. */
export class Missions {
  /** Rises with each change. */
  version = 0;
  /** Differs between processes, since the versions of two processes are unrelated. */
  private readonly epoch = randomUUID().slice(0, 8);
  private readonly known = new Map<string, { mission: ListedMission; etag: string }>();
  /** The keys that changed last, the newest one at the end; its index is `version - 1`. */
  private recent: string[] = [];
  private cached: (Tagged & { readonly version: number }) | undefined;

  constructor(private readonly options: AnswerOptions) {}

  /**
   * Takes the state of a mission. If it is the same as before, nothing changes. A state without
   * events is not a mission: all records under its key were dead letters, or a rebuild removed it.
   */
  take(projected: ProjectedMission): void {
    const { mission: key, seq } = projected;
    const etag = etagOf(projected, this.options);
    if (this.known.get(key)?.etag === etag) {
      return;
    }
    const stored = DossierAccumulator.fromBinary(projected.checkpoint);
    if (stored.eventCount === 0) {
      if (this.known.delete(key)) {
        this.version++;
        // A removal cannot be told, so clients ask for all missions.
        this.recent = [];
      }
      return;
    }
    const mission = { ...missionSummary(key, stored.state(), stored, this.options), position: seq };
    this.known.set(key, { mission, etag });
    this.version++;
    this.recent.push(key);
    if (this.recent.length > 2 * MOST_RECENT) {
      this.recent = this.recent.slice(-MOST_RECENT);
    }
  }

  /** All missions, those that have drifted first. */
  all(): ListedMission[] {
    return driftedFirst([...this.known.values()].map(({ mission }) => mission));
  }

  /** All missions as JSON, those that have drifted first. */
  list(): Tagged {
    if (this.cached?.version !== this.version) {
      const text = JSON.stringify({ missions: this.all() });
      this.cached = { text, etag: `"${this.id()}"`, version: this.version };
    }
    return this.cached;
  }

  /** The tag of a mission's state; `undefined` for an unknown mission. */
  etag(key: string): string | undefined {
    return this.known.get(key)?.etag;
  }

  /** A name of a version that is unique among all processes. */
  id(version = this.version): string {
    return `${this.epoch}-${version}`;
  }

  /** The version with a name, if it is one of this process. */
  versionOf(id: string): number | undefined {
    const [epoch, version] = id.split("-");
    const number = Number(version);
    return epoch === this.epoch && Number.isSafeInteger(number) && number <= this.version
      ? number
      : undefined;
  }

  /** The missions that have changed since a version; `undefined` if they are too many to tell. */
  changedSince(version: number): ListedMission[] | undefined {
    const count = this.version - version;
    if (count > MOST_RECENT || count > this.recent.length) {
      return undefined;
    }
    const keys = new Set(count === 0 ? [] : this.recent.slice(-count));
    return [...keys].flatMap((key) => this.known.get(key)?.mission ?? []);
  }
}

/** The most changes that are told one by one. */
const MOST_RECENT = 500;

/** The state of a mission as JSON. */
export function stateText(projected: ProjectedMission, options: AnswerOptions): Tagged {
  const { checkpoint } = projected;
  const state = DossierAccumulator.fromBinary(checkpoint).state();
  const text = stateToJsonString(state, 0, options);
  return { text, etag: etagOf(projected, options) };
}

/** The report on a mission as JSON, for its page. */
export function reportText(projected: ProjectedMission, options: AnswerOptions): Tagged {
  const stored = DossierAccumulator.fromBinary(projected.checkpoint);
  const { skipped, conflicts } = stored;
  const generator = `mission-dossier ${options.version}`;
  const report = stateReport({ state: stored.state(), skipped, conflicts }, generator, options);
  return { text: JSON.stringify(report), etag: etagOf(projected, options) };
}

function etagOf(
  { seq, checkpoint }: ProjectedMission,
  { contract, version }: AnswerOptions,
): string {
  // A rebuild may give another state for the same sequence.
  const hash = createHash("sha256")
    .update(`${version} ${contract ?? ""}\n`)
    .update(checkpoint);
  return `"${seq}-${hash.digest("hex").slice(0, 16)}"`;
}
