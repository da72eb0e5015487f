import type { ServerResponse } from "node:http";
import type { Missions } from "./missions.js";

/** Milliseconds in which changes are collected before clients are told. */
const TICK_MS = 250;

/** Milliseconds between two signs of life. The page waits three times as long for one. */
const ALIVE_MS = 5000;

/** How many clients may listen at a time. */
const MOST_STREAMS = 64;

/**
 * The clients that listen to changes, as server-sent events. Each is told at most four times a
 * second, and a slow one only after it has read the previous events, so nothing piles up for it.
 */
export class EventStreams {
  private readonly streams = new Map<ServerResponse, { told: number }>();
  private readonly tick: NodeJS.Timeout;
  private readonly alive: NodeJS.Timeout;
  private isUp = true;

  constructor(private readonly missions: Missions) {
    this.tick = setInterval(() => this.tellChanges(), TICK_MS);
    this.alive = setInterval(() => this.tellAll(), ALIVE_MS);
  }

  get size(): number {
    return this.streams.size;
  }

  /** Whether another client may listen. */
  get isFull(): boolean {
    return this.streams.size >= MOST_STREAMS;
  }

  /** Tells the clients whether the states can be read. */
  say(isUp: boolean): void {
    if (this.isUp !== isUp) {
      this.isUp = isUp;
      this.tellAll();
    }
  }

  /**
   * Adds a client.
   *
   * @param lastId The last event that it has seen, if any.
   */
  add(response: ServerResponse, lastId: string | undefined): void {
    const { missions } = this;
    const told = missions.versionOf(lastId ?? "");
    this.streams.set(response, { told: told ?? missions.version });
    response.on("close", () => this.streams.delete(response));
    response.write(`retry: 1000\n\n${this.aliveText()}`);
    if (told === undefined) {
      response.write(textOf("refresh", {}, missions.id()));
    }
  }

  close(): void {
    clearInterval(this.tick);
    clearInterval(this.alive);
    for (const response of this.streams.keys()) {
      response.end();
    }
  }

  private tellChanges(): void {
    const { missions } = this;
    // Most clients are at the same version.
    const texts = new Map<number, string>();
    for (const [response, stream] of this.streams) {
      if (stream.told !== missions.version && !response.writableNeedDrain) {
        const text = texts.get(stream.told) ?? this.changesText(stream.told);
        texts.set(stream.told, text);
        stream.told = missions.version;
        response.write(text);
      }
    }
  }

  private tellAll(): void {
    for (const response of this.streams.keys()) {
      if (!response.writableNeedDrain) {
        response.write(this.aliveText());
      }
    }
  }

  private changesText(since: number): string {
    const changed = this.missions.changedSince(since);
    const id = this.missions.id();
    return changed === undefined
      ? textOf("refresh", {}, id)
      : textOf("missions", { missions: changed }, id);
  }

  private aliveText(): string {
    return textOf("alive", { up: this.isUp });
  }
}

function textOf(event: string, data: object, id?: string): string {
  const lines = [`event: ${event}`, ...(id === undefined ? [] : [`id: ${id}`])];
  // JSON has no line feed.
  return `${[...lines, `data: ${JSON.stringify(data)}`].join("\n")}\n\n`;
}
