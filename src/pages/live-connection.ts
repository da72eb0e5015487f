import { EventSource } from "eventsource";
import type { MissionSummary } from "../report/missions-overview.js";

/** Receives what the server tells a page. */
export type LiveListener = {
  /** Everything may have changed, and must be requested again. */
  refresh(): void;
  changed(missions: readonly MissionSummary[]): void;
  /** How the connection is now. */
  standing(standing: Standing): void;
};

/**
 * How up to date a page is: `"live"`; `"lost"`, without a connection; `"blind"`, when
 * the server cannot read the states; `"locked"`, without a token; `"refused"`, with a wrong one; or
 * `"paused"`, while nobody sees it.
 */
export type Standing = "live" | "lost" | "blind" | "locked" | "refused" | "paused";

/** Milliseconds without a sign of life after which a connection is lost. The server gives one every 5 s. */
const PATIENCE_MS = 15_000;

/** Milliseconds before a connection that was refused is tried again. */
const AGAIN_MS = 2000;

/**
 * The connection to the server, which is restored whenever it is lost. A browser has six for all
 * of its tabs together, so a hidden page has none.
 */
export class LiveConnection {
  private source: EventSource | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private lastId = "";
  private isLocked = false;

  constructor(
    private readonly listener: LiveListener,
    private token = "",
  ) {
    document.addEventListener("visibilitychange", () => {
      // A form with half a token stays.
      if (!this.isLocked) {
        this.open();
      }
    });
    this.open();
  }

  /** Tries again with a token. */
  unlock(token: string): void {
    this.token = token;
    this.isLocked = false;
    this.open();
  }

  /** Asks the server for JSON. The browser keeps it, and asks whether it is still the same. */
  async get<T>(path: string): Promise<T | undefined> {
    const headers = this.headers();
    const response = await fetch(path, { headers, cache: "no-cache" });
    if (response.status === 404) {
      return undefined;
    }
    if (!response.ok) {
      throw new Error(`The server answers ${response.status}.`);
    }
    // The server is the one that this page came from.
    return (await response.json()) as T;
  }

  private open(): void {
    this.source?.close();
    if (document.hidden) {
      clearTimeout(this.patience);
      this.listener.standing("paused");
      return;
    }
    this.waitFor(PATIENCE_MS);
    const source = new EventSource("/events", {
      fetch: (url, init) =>
        fetch(url, {
          ...init,
          headers: {
            ...init.headers,
            ...(this.lastId === "" ? {} : { "Last-Event-ID": this.lastId }),
            ...this.headers(),
          },
        }),
    });
    this.source = source;
    source.addEventListener("alive", ({ data }) => {
      const { up }: { up: boolean } = JSON.parse(data);
      this.waitFor(PATIENCE_MS);
      this.listener.standing(up ? "live" : "blind");
    });
    source.addEventListener("refresh", ({ lastEventId }) => {
      this.lastId = lastEventId;
      this.listener.refresh();
    });
    source.addEventListener("missions", ({ data, lastEventId }) => {
      this.lastId = lastEventId;
      const { missions }: { missions: MissionSummary[] } = JSON.parse(data);
      this.listener.changed(missions);
    });
    source.addEventListener("error", ({ code }) => {
      if (code === 401) {
        clearTimeout(this.patience);
        this.isLocked = true;
        this.listener.standing(this.token === "" ? "locked" : "refused");
      } else {
        this.listener.standing("lost");
        this.waitFor(source.readyState === source.CLOSED ? AGAIN_MS : PATIENCE_MS);
      }
    });
  }

  /** Reconnects after some time, unless there is a sign of life before. */
  private waitFor(milliseconds: number): void {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      this.listener.standing("lost");
      this.open();
    }, milliseconds);
  }

  private headers(): { [name: string]: string } {
    return this.token === "" ? {} : { Authorization: `Bearer ${this.token}` };
  }
}
