import { appendFileSync, mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { eventOf } from "../projection/files/world.js";
import { ask, freePort } from "../serve/world.js";
import {
  lines,
  missionDossier,
  type Running,
  startMissionDossier,
  temporaryDirectory,
} from "./command.js";

const files = temporaryDirectory();
const log = files.write("events.jsonl", lines(eventOf("first-mission", "spec.md")));
const states = join(files.path, "states");
const TOKEN = "correct-horse-battery";

beforeAll(async () => {
  await missionDossier(["project", log, "-s", states]);
});

const running: Running[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.interrupt();
    await each.ended;
  }
});

async function serving(...options: readonly string[]): Promise<{ port: number; run: Running }> {
  const port = await freePort();
  const run = startMissionDossier(["serve", "-s", states, "--port", String(port), ...options]);
  running.push(run);
  await run.printed("serving");
  return { port, run };
}

describe("serve", () => {
  test("gives the states, as they are and as they change, until Ctrl-C", async () => {
    const { port, run } = await serving();
    const countOf = async (): Promise<number> =>
      JSON.parse((await ask(port, "/missions")).body).missions.length;
    await expect.poll(countOf, { timeout: 30_000 }).toBe(1);
    const page = await ask(port, "/");
    expect(page.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    const more = files.write("more.jsonl", lines(eventOf("other-mission", "spec.md")));
    await missionDossier(["publish", more, "--log", log]);
    await missionDossier(["project", log, "-s", states]);
    await expect.poll(countOf, { timeout: 30_000 }).toBe(2);
    // An open stream does not keep the server from its end.
    const stream = ask(port, "/events").catch(() => undefined);
    await expect
      .poll(async () => (await ask(port, "/metrics")).body)
      .toContain("mission_dossier_event_streams 1\n");
    run.interrupt();
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `serving  http://127.0.0.1:${port}/\n`,
      stderr: "",
    });
    await stream;
  });

  test("lists every mission from its first answer on", async () => {
    const names = Array.from({ length: 300 }, (_, index) => `mission-${index}`);
    const many = files.write("many.jsonl", lines(...names.map((name) => eventOf(name, "spec.md"))));
    const stored = join(files.path, "many-states");
    await missionDossier(["project", many, "-s", stored]);
    const { port } = await serving("-s", stored);
    expect(JSON.parse((await ask(port, "/missions")).body).missions).toHaveLength(300);
  });

  test("keeps up with a log by itself, and leaves nothing behind", async () => {
    const growing = files.write("growing.jsonl", lines(eventOf("first-mission", "spec.md")));
    const temporary = join(files.path, "temporary");
    mkdirSync(temporary);
    const port = await freePort();
    const run = startMissionDossier(["serve", growing, "--port", String(port)], {
      env: { TMPDIR: temporary },
    });
    running.push(run);
    await run.printed("serving");
    const slugs = async (): Promise<string[]> =>
      JSON.parse((await ask(port, "/missions")).body).missions.map(
        ({ namespace }: { namespace: { feature_slug: string } }) => namespace.feature_slug,
      );
    expect(await slugs()).toEqual(["first-mission"]);
    expect(readdirSync(temporary)).toHaveLength(1);
    appendFileSync(growing, lines(eventOf("other-mission", "spec.md")));
    await expect.poll(slugs, { timeout: 30_000 }).toEqual(["first-mission", "other-mission"]);
    run.interrupt();
    expect(await run.ended).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("ends by Ctrl-C while it reads the log for the first time, and leaves nothing", async () => {
    const temporary = join(files.path, "stopped");
    mkdirSync(temporary);
    vi.stubEnv("TMPDIR", temporary);
    const run = await missionDossier(["serve", log, "--port", "0"], { isStopped: true });
    vi.unstubAllEnvs();
    expect(run).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("asks for the token of a file", async () => {
    const { port } = await serving("--token-file", files.write("token", `${TOKEN}\n`));
    expect((await ask(port, "/missions")).status).toBe(401);
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect((await ask(port, "/missions", { headers })).status).toBe(200);
  });

  test("is not open to other machines without a token", async () => {
    const run = await missionDossier(["serve", "-s", states, "--host", "0.0.0.0"]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain(
      "--host 0.0.0.0 needs a token: give --token-file, or set MISSION_DOSSIER_TOKEN\n",
    );
  });

  test("takes no weak token from the environment either", async () => {
    const env = { MISSION_DOSSIER_TOKEN: "short" };
    const run = await missionDossier(["serve", "-s", states, "--port", "0"], { env });
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("the token must be at least 16 characters of ASCII");
  });

  test("says that a port is in use", async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    const run = await missionDossier(["serve", "-s", states, "--port", String(port)]);
    await new Promise((resolve) => other.close(resolve));
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^mission-dossier: cannot listen on 127\.0\.0\.1, port \d+: /);
  });

  test.each([
    ["nothing to serve", [], "missing LOG, the file or folder of events, or --states, or --nats"],
    ["missing states", ["-s", "nowhere"], "cannot read nowhere: no such file"],
    [
      "a missing token file",
      ["-s", ".", "--token-file", "nowhere"],
      "cannot read nowhere: no such",
    ],
    ["a missing log", ["nowhere.jsonl"], "cannot read nowhere.jsonl: no such file"],
    ["a log beside a server", ["a.jsonl", "--nats", "nats://x"], "--nats takes no files"],
    ["no port", ["-s", ".", "--port", "70000"], "It must be a port from 0 to 65535."],
    ["no host of this machine", ["-s", "HERE", "--host", "localhost.invalid"], "needs a token"],
  ])("ends with a message for %s", async (_what, args, message) => {
    const { code, stdout, stderr } = await missionDossier(["serve", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
