import { createConnection } from "node:net";
import { describe, expect, test } from "vitest";
import { reduceMissionDossier, stateToJsonString } from "../../src/index.js";
import { eventsOf } from "../report/support.js";
import { driftScenario, happyPath } from "../pages/streams.js";
import { eventOf } from "../projection/files/world.js";
import { eventsFrom, PAGE, type Served, States, type StreamEvent, serve } from "./world.js";

const clean = eventsOf(happyPath);
const drifted = eventsOf(driftScenario);
const NO_KEY = "0".repeat(32);

/** A server of a clean mission and of one that has drifted. */
async function serveBoth(options = {}): Promise<Served & { states: States; keys: string[] }> {
  const states = new States();
  const keys = [states.put(clean, 10), states.put(drifted, 20)];
  const served = await serve(states, options);
  await expect.poll(() => served.server.missions.all().length).toBe(2);
  return { ...served, states, keys };
}

describe("the missions", () => {
  test("are listed with their counts, those that have drifted first", async () => {
    const { get, keys } = await serveBoth();
    const { status, headers, body } = await get("/missions");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    const { missions } = JSON.parse(body);
    expect(missions.map(({ key }: { key: string }) => key)).toEqual([keys[1], keys[0]]);
    expect(missions[0]).toMatchObject({
      namespace: { feature_slug: "021-audit-log" },
      parity_status: "drifted",
      counts: { events: 5, artifacts: 2, superseded: 0, anomalies: 1, drifts: 1, skipped: 0 },
      position: 20,
    });
  });

  test("have the names of the generation that is asked for", async () => {
    const { get, keys } = await serveBoth({ contract: "3.0.0" });
    const bodies = await Promise.all(
      ["/missions", `/missions/${keys[0]}`, `/missions/${keys[0]}/report`].map(
        async (path) => (await get(path)).body,
      ),
    );
    for (const body of bodies) {
      expect(body).toContain("mission_slug");
      expect(body).not.toContain("feature_slug");
    }
  });

  test("are none where a key has no event", async () => {
    const { get, states, server } = await serveBoth();
    states.put([], 30);
    states.put(clean.slice(0, 2), 40);
    await expect.poll(() => server.missions.version).toBe(3);
    expect(JSON.parse((await get("/missions")).body).missions).toHaveLength(2);
  });

  test("are forgotten when a rebuild has removed them", async () => {
    const { get, states, server, keys } = await serveBoth();
    const [removed = "", kept] = keys;
    states.remove(removed, 40);
    await expect.poll(() => server.missions.version).toBe(3);
    expect(JSON.parse((await get("/missions")).body).missions).toMatchObject([{ key: kept }]);
    expect((await get(`/missions/${removed}`)).status).toBe(404);
    expect((await get("/metrics")).body).toContain("mission_dossier_position 20");
    states.put(clean, 10);
    await expect.poll(() => server.missions.all().length).toBe(2);
  });

  test("are given one by one, as the reducer's state", async () => {
    const { get, keys } = await serveBoth();
    const { body } = await get(`/missions/${keys[0]}`);
    expect(body).toBe(stateToJsonString(reduceMissionDossier(clean)));
    expect((await get(`/missions/${NO_KEY}`)).status).toBe(404);
    const report = JSON.parse((await get(`/missions/${keys[1]}/report`)).body);
    expect(report).toMatchObject({ title: "021-audit-log", generator: "mission-dossier 1.2.3" });
  });

  test("are given again only when they have changed", async () => {
    const { get, keys, states, server } = await serveBoth();
    for (const path of ["/missions", `/missions/${keys[0]}`, `/missions/${keys[0]}/report`]) {
      const { etag = "" } = (await get(path)).headers;
      const again = (headers: { [name: string]: string }) => get(path, { headers });
      for (const known of [etag, `W/${etag}`, `"else", ${etag}`, "*"]) {
        const { status, body } = await again({ "If-None-Match": known });
        expect({ status, body }).toEqual({ status: 304, body: "" });
      }
      expect((await again({ "If-None-Match": '"else"' })).status).toBe(200);
      const { version } = server.missions;
      states.put(clean.slice(0, -1), 10);
      await expect.poll(() => server.missions.version).toBe(version + 1);
      expect((await again({ "If-None-Match": etag })).status).toBe(200);
      states.put(clean, 10);
      await expect.poll(() => server.missions.version).toBe(version + 2);
    }
  });
});

test("another version of the program, or of the names, has other tags", async () => {
  const tags = new Set<string | undefined>();
  for (const options of [{}, { contract: "3.0.0" }, { version: "1.2.4" }]) {
    const { get, keys } = await serveBoth(options);
    for (const path of [`/missions/${keys[0]}`, `/missions/${keys[0]}/report`, "/missions"]) {
      tags.add((await get(path)).headers.etag);
    }
  }
  // A state and its report are at different addresses, so they may share a tag.
  expect(tags.size).toBe(6);
});

describe("a request", () => {
  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])(
    "that would %s is refused",
    async (method) => {
      const { get } = await serveBoth();
      const { status, headers } = await get("/missions", { method });
      expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: "GET, HEAD" });
    },
  );

  test("for the head alone gets the same without a body", async () => {
    const { get } = await serveBoth();
    for (const path of ["/", "/missions", "/metrics"]) {
      const [head, whole] = [await get(path, { method: "HEAD" }), await get(path)];
      expect(head.status).toBe(200);
      expect(head.body).toBe("");
      expect(head.headers["content-length"]).toBe(whole.headers["content-length"]);
    }
  });

  test.each([
    "/../package.json",
    "/..%2f..%2fetc/passwd",
    "//etc/passwd",
    "/missions/../../package.json",
    "/missions/%00",
    `/missions/${"f".repeat(31)}`,
    `/missions/${"F".repeat(32)}`,
    `/missions/${"f".repeat(32)}/`,
    "/missions/__proto__",
    "/m/constructor",
    "/position.json",
    "/set-1/states-1",
    "http://elsewhere.example/missions",
    "*",
  ])("for %s finds nothing", async (path) => {
    const { get } = await serveBoth();
    expect(await get(path)).toMatchObject({ status: 404, body: "nothing here\n" });
  });

  test("that is too long is refused", async () => {
    const { get } = await serveBoth();
    expect((await get(`/missions?${"x".repeat(2000)}`)).status).toBe(200);
    expect((await get(`/missions?${"x".repeat(2100)}`)).status).toBe(414);
    expect((await get("/missions", { headers: { "X-Long": "x".repeat(9000) } })).status).toBe(431);
  });

  test("that is not HTTP ends its connection alone", async () => {
    const { get, port } = await serveBoth();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = createConnection(port, "127.0.0.1", () =>
        socket.end("\u0000\u0001 oops\r\n\r\n"),
      );
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("close", () => resolve(text)).on("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect((await get("/healthz")).status).toBe(200);
  });

  test("whose headers do not come within 10 seconds ends its connection", async () => {
    const { port } = await serveBoth();
    const start = performance.now();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = createConnection(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\n"));
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("close", () => resolve(text)).on("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - start).toBeLessThan(12_000);
  });

  test.each([
    ["localhost", 200],
    ["localhost:8420", 200],
    ["127.0.0.1", 200],
    ["127.1.2.3:80", 200],
    ["[::1]:8420", 200],
    ["evil.example", 421],
    ["localhost.evil.example", 421],
    ["127.0.0.1.evil.example:8420", 421],
    ["evil.example:127", 421],
    ["evil.example#localhost", 421],
  ])("for the host %j gets %i on this machine", async (host, status) => {
    const { get } = await serveBoth();
    for (const path of ["/", "/missions", "/healthz"]) {
      expect((await get(path, { headers: { Host: host } })).status).toBe(status);
    }
  });
});

test("every answer forbids to guess its type, and to use it on other pages", async () => {
  const { get, keys } = await serveBoth();
  for (const path of ["/", `/m/${keys[0]}`, "/missions", "/metrics", "/healthz", "/nowhere"]) {
    const { headers } = await get(path, { headers: { Origin: "https://elsewhere.example" } });
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "private, no-cache",
    });
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; .*frame-ancestors/);
    expect(Object.keys(headers).filter((name) => /^access-control/.test(name))).toEqual([]);
  }
  const page = await get(`/m/${keys[0]}`);
  expect(page.body).toBe(PAGE);
  expect(page.headers["content-security-policy"]).toContain("connect-src 'self'");
});

describe("with a token", () => {
  const token = "correct-horse-battery";

  test("data is only for those who have it", async () => {
    const { get, keys } = await serveBoth({ token, host: "0.0.0.0" });
    for (const path of ["/missions", `/missions/${keys[0]}`, "/metrics", "/events", "/nowhere"]) {
      for (const authorization of [undefined, `Bearer ${token}x`, `Basic ${token}`, token]) {
        const headers = authorization === undefined ? {} : { Authorization: authorization };
        const { status, body, headers: given } = await get(path, { headers });
        expect({ status, body }).toEqual({ status: 401, body: "a token is needed\n" });
        expect(given["www-authenticate"]).toBe("Bearer");
      }
    }
    const headers = { Authorization: `Bearer ${token}`, Host: "dossiers.example" };
    expect((await get("/missions", { headers })).status).toBe(200);
  });

  test("the page, which has no data, and the health are for everybody", async () => {
    const { get, keys } = await serveBoth({ token, host: "0.0.0.0" });
    for (const path of ["/", `/m/${keys[0]}`, "/healthz"]) {
      expect((await get(path)).status).toBe(200);
    }
  });

  test("a program on this machine must still name this machine", async () => {
    const { get } = await serveBoth({ token });
    const headers = { Authorization: `Bearer ${token}`, Host: "evil.example" };
    expect((await get("/missions", { headers })).status).toBe(421);
  });
});

test("the metrics are what Prometheus reads", async () => {
  const { get } = await serveBoth();
  const { headers, body } = await get("/metrics");
  expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = body.split("\n");
  for (const line of [
    'mission_dossier_build_info{version="1.2.3"} 1',
    "mission_dossier_up 1",
    'mission_dossier_missions{parity_status="drifted"} 1',
    'mission_dossier_missions{parity_status="unknown"} 0',
    "mission_dossier_events 11",
    "mission_dossier_drifts 1",
    "mission_dossier_position 20",
  ]) {
    expect(lines).toContain(line);
  }
  expect(body.endsWith("\n")).toBe(true);
  const form = /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"\})? \d+)$/;
  expect(lines.filter((line) => line !== "" && !form.test(line))).toEqual([]);
});

describe("the events", () => {
  /** The next event that is no sign of life. */
  async function next(events: AsyncGenerator<StreamEvent>): Promise<StreamEvent> {
    for (;;) {
      const { value, done } = await events.next();
      if (done === true) {
        throw new Error("The stream has ended.");
      }
      if (value.event !== "alive") {
        return value;
      }
    }
  }

  test("begin with a refresh, and then tell the missions that have changed", async () => {
    const { port, states, keys } = await serveBoth();
    const events = eventsFrom(port);
    expect((await events.next()).value).toMatchObject({ event: "alive", data: { up: true } });
    expect(await next(events)).toMatchObject({ event: "refresh" });
    states.put(drifted.slice(0, 2), 21);
    states.put(drifted.slice(0, 3), 22);
    const { event, data } = await next(events);
    expect(event).toBe("missions");
    expect(data["missions"]).toMatchObject([{ key: keys[1], position: 22, counts: { events: 3 } }]);
    states.put(drifted.slice(0, 3), 22);
    states.put(clean.slice(0, 2), 23);
    const later = await next(events);
    expect(later.data["missions"]).toMatchObject([{ key: keys[0], position: 23 }]);
    await events.return(undefined);
  });

  test("continue after the last one that a client has seen", async () => {
    const { port, states, keys, server } = await serveBoth();
    const first = eventsFrom(port);
    const { id = "" } = await next(first);
    await first.return(undefined);
    states.put(clean.slice(0, 3), 30);
    await expect.poll(() => server.missions.version).toBe(3);
    const again = eventsFrom(port, { "Last-Event-ID": id });
    expect(await next(again)).toMatchObject({
      event: "missions",
      data: { missions: [{ key: keys[0] }] },
    });
    await again.return(undefined);
  });

  test.each(["", "00000000-1", "x", "00000000-99999999999999999999", "__proto__-1"])(
    "begin with a refresh after the event %j, which is not one of this server",
    async (id) => {
      const { port } = await serveBoth();
      const events = eventsFrom(port, { "Last-Event-ID": id });
      expect(await next(events)).toMatchObject({ event: "refresh" });
      await events.return(undefined);
    },
  );

  test("begin with a refresh after an event that this server has yet to tell", async () => {
    const { port, server } = await serveBoth();
    const events = eventsFrom(port, { "Last-Event-ID": server.missions.id(99) });
    expect(await next(events)).toMatchObject({ event: "refresh" });
    await events.return(undefined);
  });

  test("tell a client to ask for all when a mission was removed", async () => {
    const { port, states, keys } = await serveBoth();
    const events = eventsFrom(port);
    await next(events);
    states.remove(keys[0] ?? "", 40);
    expect(await next(events)).toMatchObject({ event: "refresh" });
    states.put(drifted.slice(0, 2), 41);
    expect(await next(events)).toMatchObject({ event: "missions" });
    await events.return(undefined);
  });

  test("tell a client to ask for all when too many missions have changed", async () => {
    const { port, states, server } = await serveBoth();
    const { id = "" } = await next(eventsFrom(port));
    for (let mission = 0; mission < 600; mission++) {
      states.put([eventOf(`mission-${mission}`, "spec.md")], 100 + mission);
    }
    await expect.poll(() => server.missions.version).toBe(602);
    expect(await next(eventsFrom(port, { "Last-Event-ID": id }))).toMatchObject({
      event: "refresh",
    });
  });

  test("are for so many clients at a time, and the others are told to wait", async () => {
    const { port, get, server } = await serveBoth();
    const streams = Array.from({ length: 64 }, () => eventsFrom(port));
    await Promise.all(streams.map((events) => events.next()));
    const refused = await get("/events");
    expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect((await get("/metrics")).body).toContain("mission_dossier_event_streams 64\n");
    await streams[0]?.return(undefined);
    const events = eventsFrom(port);
    await expect.poll(async () => (await get("/metrics")).body).toContain("event_streams 63\n");
    expect((await events.next()).value?.event).toBe("alive");
    expect(server.http.maxConnections).toBe(256);
  });

  test("say that the states can no longer be read, and so does the health", async () => {
    const { port, states, get, followed } = await serveBoth();
    const events = eventsFrom(port);
    expect((await events.next()).value?.data).toEqual({ up: true });
    expect((await events.next()).value?.event).toBe("refresh");
    states.fail(new Error("gone"));
    expect((await events.next()).value?.data).toEqual({ up: false });
    expect(await followed).toEqual(new Error("gone"));
    expect((await get("/healthz")).status).toBe(503);
    expect((await get("/missions")).status).toBe(200);
    expect((await get("/metrics")).body).toContain("mission_dossier_up 0\n");
    await events.return(undefined);
  });

  test("stay down while some states can be read, until all can", async () => {
    const { states, get, server, followed } = await serveBoth();
    const health = async () => (await get("/healthz")).status;
    const { signal } = new AbortController();
    const damaged = new Error("damaged");
    states.fail(damaged);
    expect(await followed).toBe(damaged);
    states.put(clean.slice(0, 3), 30);
    await expect(server.follow(signal)).rejects.toBe(damaged);
    await expect(server.load(signal)).rejects.toBe(damaged);
    expect(server.missions.all().map(({ position }) => position)).toEqual([20, 30]);
    states.mend();
    states.put(clean.slice(0, 4), 40);
    const end = new AbortController();
    const again = server.follow(end.signal);
    await expect.poll(() => server.missions.all()[1]?.position).toBe(40);
    // The one that is damaged may come last.
    expect(await health()).toBe(503);
    end.abort();
    await again;
    await server.load(signal);
    expect(await health()).toBe(200);
  });

  test("say so too when the states do not answer, until they do", async () => {
    const { port, states, get } = await serveBoth({ probeMs: 20 });
    const events = eventsFrom(port);
    expect((await events.next()).value?.data).toEqual({ up: true });
    expect((await events.next()).value?.event).toBe("refresh");
    states.isReachable = false;
    expect((await events.next()).value?.data).toEqual({ up: false });
    expect((await get("/healthz")).status).toBe(503);
    states.isReachable = true;
    expect((await events.next()).value?.data).toEqual({ up: true });
    await events.return(undefined);
  });
});
