import { type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { createServer } from "node:net";
import { afterEach } from "vitest";
import { DossierAccumulator, type EventJson, keyOfNamespace } from "../../src/index.js";
import type { ProjectedMission } from "../../src/projection/index.js";
import { MissionServer, type MissionServerOptions } from "../../src/serve/server.js";

/** The page that a test's server gives, with a policy as the real one has. */
export const PAGE = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self'">`;

/** States that a test puts in, as a projection would. */
export class States {
  private readonly all = new Map<string, ProjectedMission>();
  private news: ProjectedMission[] = [];
  private wake = (): void => undefined;
  private error: Error | undefined;

  /** Stores the state that events of one mission give, and returns its key. */
  put(events: readonly EventJson[], seq: number): string {
    const accumulator = new DossierAccumulator();
    for (const event of events) {
      accumulator.add(event);
    }
    const { namespace } = accumulator.state();
    const mission = namespace === undefined ? "" : keyOfNamespace(namespace);
    const projected = { mission, seq, checkpoint: accumulator.toBinary() };
    this.all.set(mission, projected);
    this.news.push(projected);
    this.wake();
    return mission;
  }

  /** Removes the state of a mission, as a rebuild may. */
  remove(mission: string, seq: number): void {
    this.all.delete(mission);
    this.news.push({ mission, seq, checkpoint: new DossierAccumulator().toBinary() });
    this.wake();
  }

  /** Makes the states unreadable. */
  fail(error: Error): void {
    this.error = error;
    this.wake();
  }

  /** Makes them readable again. */
  mend(): void {
    this.error = undefined;
  }

  async *states(): AsyncGenerator<ProjectedMission> {
    yield* this.all.values();
    if (this.error !== undefined) {
      throw this.error;
    }
  }

  async *watch(signal: AbortSignal): AsyncGenerator<ProjectedMission> {
    signal.addEventListener("abort", () => this.wake());
    while (!signal.aborted) {
      yield* this.news.splice(0);
      if (this.error !== undefined) {
        throw this.error;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Whether the states answer: when not, they say nothing at all. */
  isReachable = true;

  async state(mission: string): Promise<ProjectedMission | undefined> {
    while (!this.isReachable) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.all.get(mission);
  }
}

/** A running server. */
export type Served = {
  readonly server: MissionServer;
  readonly port: number;
  /** The outcome of following the states. */
  readonly followed: Promise<unknown>;
  get(path: string, options?: AskOptions): Promise<Answer>;
};

/** The options of a request, besides its path. */
export type AskOptions = { readonly method?: string; readonly headers?: OutgoingHttpHeaders };

/** An answer, whole. */
export type Answer = {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** Starts a server, which ends with the test. */
export async function serve(
  states: States,
  options: Partial<MissionServerOptions> = {},
): Promise<Served> {
  const server = new MissionServer({
    source: states,
    page: PAGE,
    version: "1.2.3",
    host: "127.0.0.1",
    ...options,
  });
  await new Promise<void>((resolve) => server.http.listen(0, "127.0.0.1", resolve));
  const address = server.http.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const end = new AbortController();
  const followed = server.follow(end.signal).catch((error: unknown) => error);
  open.push(async () => {
    end.abort();
    await server.close();
  });
  return { server, port, followed, get: (path, asked) => ask(port, path, asked) };
}

/** A port that nobody listens to. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** Asks for exactly this path, which no client has made another one of. */
export async function ask(
  port: number,
  path: string,
  { method = "GET", headers = {} }: AskOptions = {},
): Promise<Answer> {
  const response = await answering(port, path, { method, headers });
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) {
    body += chunk;
  }
  return { status: response.statusCode, headers: response.headers, body };
}

/** The events of a stream, one after the other, without the signs of life. */
export async function* eventsFrom(
  port: number,
  headers: OutgoingHttpHeaders = {},
): AsyncGenerator<StreamEvent> {
  const response = await answering(port, "/events", { headers });
  let text = "";
  try {
    for await (const chunk of response.setEncoding("utf8")) {
      text += chunk;
      const pieces = text.split("\n\n");
      text = pieces.pop() ?? "";
      for (const piece of pieces) {
        const [, event] = /^event: (.*)$/m.exec(piece) ?? [];
        const [, id] = /^id: (.*)$/m.exec(piece) ?? [];
        const [, data = "null"] = /^data: (.*)$/m.exec(piece) ?? [];
        if (event !== undefined) {
          yield { event, id, data: JSON.parse(data) };
        }
      }
    }
  } finally {
    response.destroy();
  }
}

/** A server-sent event. */
export type StreamEvent = {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly [name: string]: unknown };
};

function answering(
  port: number,
  path: string,
  { method = "GET", headers = {} }: AskOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, method, headers, agent: false };
    request(options, resolve).on("error", reject).end();
  });
}
