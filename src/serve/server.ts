import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContractOptions } from "../event/generation/generation.js";
import type { ProjectedMission } from "../projection/index.js";
import { type Access, hasToken, isForHost } from "./access.js";
import { EventStreams } from "./event-streams.js";
import { metricsText } from "./metrics.js";
import { Missions, reportText, stateText, type Tagged } from "./missions.js";
import { oneAtATime } from "./one-at-a-time.js";

/** The states that a server shows. */
export type MissionSource = {
  /** The states of all missions, once. */
  states(): AsyncIterable<ProjectedMission>;
  /** The state of each mission, and each later one until the signal. */
  watch(signal: AbortSignal): AsyncIterable<ProjectedMission>;
  /** The state of a mission, by its key. */
  state(mission: string): Promise<ProjectedMission | undefined>;
};

/** The options of a {@link MissionServer}. */
export type MissionServerOptions = Access &
  ContractOptions & {
    readonly source: MissionSource;
    /** The page, with the content-security policy that it needs. */
    readonly page: string;
    /** The version of the program. */
    readonly version: string;
    /** Milliseconds between two checks that the source still answers. Default: 5000. */
    readonly probeMs?: number;
  };

/** The longest path and query of a request. */
const LONGEST_URL = 2048;

/** Limits of the server itself, in milliseconds and bytes. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  // How often both are checked. With Node's default, that is after up to 40 seconds.
  connectionsCheckingInterval: 500,
  keepAliveTimeout: 5000,
  maxHeaderSize: 8192,
};

/** How many connections may be open at a time. */
const MOST_CONNECTIONS = 256;

/** Milliseconds after which an idle connection is closed. */
const IDLE_MS = 60_000;

const PROBE_MS = 5000;

/** A key that no mission has. */
export const NO_MISSION = "0".repeat(32);

/** A read-only HTTP server that shows missions. */
export class MissionServer {
  readonly http: Server;
  readonly missions: Missions;
  private readonly streams: EventStreams;
  private readonly state: MissionSource["state"];
  private readonly policy: string;
  private isFollowing = true;
  private isAnswering = true;
  private isProbing = false;

  constructor(private readonly options: MissionServerOptions) {
    const { source, page } = options;
    this.missions = new Missions(options);
    this.streams = new EventStreams(this.missions);
    this.state = oneAtATime((mission) => source.state(mission));
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    this.policy = `${policy ?? "default-src 'none'"}; frame-ancestors 'none'`;
    this.http = createServer(LIMITS, (request, response) => {
      this.answer(request, response).catch(() => {
        if (response.headersSent) {
          response.destroy();
        } else {
          plain(response, 503, "the state cannot be read now");
        }
      });
    });
    this.http.maxConnections = MOST_CONNECTIONS;
    this.http.setTimeout(IDLE_MS);
  }

  /**
   * Reads all states. Those that could not be read count as readable again only after that.
   *
   * @throws MissionDossierError when they cannot be read.
   */
  async load(signal: AbortSignal): Promise<void> {
    await this.noting(async () => {
      for await (const projected of this.options.source.states()) {
        this.missions.take(projected);
        if (signal.aborted) {
          return;
        }
      }
      this.isFollowing = true;
      this.streams.say(this.isUp);
    });
  }

  /**
   * Shows states until the signal, or until they can no longer be read.
   *
   * @throws MissionDossierError when they cannot.
   */
  async follow(signal: AbortSignal): Promise<void> {
    const { source, probeMs = PROBE_MS } = this.options;
    const probe = setInterval(() => this.probe(probeMs), probeMs);
    try {
      await this.noting(async () => {
        for await (const projected of source.watch(signal)) {
          this.missions.take(projected);
        }
      });
    } finally {
      clearInterval(probe);
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.streams.close();
    const closed = new Promise((resolve) => this.http.close(resolve));
    this.http.closeAllConnections();
    await closed;
  }

  /** Reads states, and says so if they cannot be read. */
  private async noting(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.isFollowing = false;
      this.streams.say(this.isUp);
      throw error;
    }
  }

  private get isUp(): boolean {
    return this.isFollowing && this.isAnswering;
  }

  /** A source without news and a lost source look the same until they are asked. */
  private async probe(patience: number): Promise<void> {
    if (this.isProbing) {
      return;
    }
    this.isProbing = true;
    const answered = this.state(NO_MISSION).then(
      () => true,
      () => false,
    );
    this.isAnswering = await Promise.race([answered, sleep(patience, false, { ref: false })]);
    this.streams.say(this.isUp);
    await answered;
    this.isProbing = false;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = "" } = request;
    for (const [name, value] of Object.entries(HEADERS)) {
      response.setHeader(name, value);
    }
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      // Its body, if it has one, is not read.
      response.setHeader("Connection", "close");
      return plain(response, 405, "only GET and HEAD");
    }
    if (url.length > LONGEST_URL) {
      return plain(response, 414, "the address is too long");
    }
    if (!isForHost(request, this.options)) {
      return plain(response, 421, "another host");
    }
    const [path = ""] = url.split("?", 1);
    if (path === "/healthz") {
      return this.isUp
        ? plain(response, 200, "ok")
        : plain(response, 503, "the states cannot be read");
    }
    if (path === "/" || PAGE.test(path)) {
      response.setHeader("Content-Security-Policy", this.policy);
      return send(response, 200, "text/html; charset=utf-8", this.options.page);
    }
    if (!hasToken(request, this.options)) {
      response.setHeader("WWW-Authenticate", "Bearer");
      return plain(response, 401, "a token is needed");
    }
    return this.answerWithData(path, request, response);
  }

  private async answerWithData(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { missions, streams, isUp } = this;
    const { options } = this;
    const [, key, report] = MISSION.exec(path) ?? [];
    if (path === "/missions") {
      return tagged(request, response, missions.list());
    }
    if (key !== undefined) {
      const etag = missions.etag(key);
      if (etag !== undefined && isKnown(request, etag)) {
        return notModified(response, etag);
      }
      const found = etag === undefined ? undefined : await this.state(key);
      if (found === undefined) {
        return plain(response, 404, "no such mission");
      }
      const text = report === undefined ? stateText(found, options) : reportText(found, options);
      return tagged(request, response, text);
    }
    if (path === "/events") {
      return this.listen(request, response);
    }
    if (path === "/metrics") {
      const text = metricsText(missions.all(), {
        version: options.version,
        isUp,
        streams: streams.size,
      });
      return send(response, 200, "text/plain; version=0.0.4; charset=utf-8", text);
    }
    return plain(response, 404, "nothing here");
  }

  private listen(request: IncomingMessage, response: ServerResponse): void {
    if (this.streams.isFull) {
      response.setHeader("Retry-After", "5");
      plain(response, 503, "too many clients listen to events");
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    const lastId = request.headers["last-event-id"];
    this.streams.add(response, typeof lastId === "string" ? lastId : undefined);
  }
}

/** A client revalidates an answer with each request, and no other site may use one. */
const HEADERS = {
  "Cache-Control": "private, no-cache",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

const PAGE = /^\/m\/[0-9a-f]{32}$/;
const MISSION = /^\/missions\/([0-9a-f]{32})(\/report)?$/;

function tagged(request: IncomingMessage, response: ServerResponse, { text, etag }: Tagged): void {
  if (isKnown(request, etag)) {
    notModified(response, etag);
  } else {
    response.setHeader("ETag", etag);
    send(response, 200, "application/json; charset=utf-8", text);
  }
}

function isKnown({ headers }: IncomingMessage, etag: string): boolean {
  const known = headers["if-none-match"]?.split(",").map((each) => each.trim().replace(/^W\//, ""));
  return known !== undefined && (known.includes(etag) || known.includes("*"));
}

function notModified(response: ServerResponse, etag: string): void {
  response.writeHead(304, { ETag: etag }).end();
}

function plain(response: ServerResponse, status: number, text: string): void {
  send(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

/** Node leaves out the body in an answer to HEAD. */
function send(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, { "Content-Type": type, "Content-Length": body.length }).end(body);
}
