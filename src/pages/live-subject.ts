import { liveOverview } from "../report/live-overview.js";
import type { MissionSummary } from "../report/missions-overview.js";
import type { Report } from "../report/report.js";

/** The subject of a live page. */
export type LiveSubject = {
  /** Whether the report is outdated until the server is asked again. */
  isOutdated: boolean;
  /** Takes missions that have changed, and says whether the report has. */
  take(changed: readonly MissionSummary[]): boolean;
  /**
   * Asks the server, if that is needed.
   *
   * @throws Error when it does not answer.
   */
  load(server: AskedServer): Promise<void>;
  /** The latest known report; `undefined` if there is none. */
  report(): Report | undefined;
};

/** A server that gives JSON; `undefined` for an address that it does not know. */
export type AskedServer = { get<T>(path: string): Promise<T | undefined> };

/** The subject of the page at `/`, the overview, or at `/m/KEY`, one mission. */
export function subjectAt(path: string): LiveSubject {
  const [, key] = /^\/m\/([0-9a-f]+)$/.exec(path) ?? [];
  return key === undefined ? new Overview() : new OneMission(key);
}

class Overview implements LiveSubject {
  isOutdated = false;
  private missions = new Map<string, MissionSummary>();
  /** The changes since the server was asked for the list. */
  private later: MissionSummary[] = [];
  private isLoaded = false;

  take(changed: readonly MissionSummary[]): boolean {
    this.later.push(...changed);
    this.apply(changed);
    return true;
  }

  async load(server: AskedServer): Promise<void> {
    if (this.isOutdated) {
      this.isOutdated = false;
      this.later = [];
      try {
        const list = await server.get<{ missions: MissionSummary[] }>("/missions");
        this.missions = new Map();
        this.apply(list?.missions ?? []);
        // The list may be older than they are.
        this.apply(this.later);
        this.isLoaded = true;
      } catch (error) {
        this.isOutdated = true;
        throw error;
      }
    }
    this.later = [];
  }

  report(): Report | undefined {
    const generator = document.querySelector("meta[name=generator]")?.getAttribute("content") ?? "";
    return this.isLoaded ? liveOverview([...this.missions.values()], generator) : undefined;
  }

  private apply(missions: readonly MissionSummary[]): void {
    for (const mission of missions) {
      this.missions.set(mission.key, mission);
    }
  }
}

class OneMission implements LiveSubject {
  isOutdated = false;
  private known: Report | undefined;

  constructor(private readonly key: string) {}

  take(changed: readonly MissionSummary[]): boolean {
    const isChanged = changed.some(({ key }) => key === this.key);
    this.isOutdated ||= isChanged;
    return isChanged;
  }

  async load(server: AskedServer): Promise<void> {
    if (this.isOutdated) {
      this.isOutdated = false;
      try {
        this.known = await server.get<Report>(`/missions/${this.key}/report`);
      } catch (error) {
        this.isOutdated = true;
        throw error;
      }
    }
  }

  report(): Report | undefined {
    return this.known;
  }
}
