import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectToNats, Topology } from "mission-dossier/nats";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMissionDossier } from "../cli/command.js";
import { eventOf, reducedStates } from "../projection/files/world.js";
import { ask, freePort } from "../serve/world.js";
import { TestServer } from "./server.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mission-dossier-"));
const a1 = eventOf("first-mission", "spec.md");
const a2 = eventOf("first-mission", "plan.md", "bb", 2);
const b1 = eventOf("other-mission", "spec.md");
let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(async () => {
  await server.remove();
  rmSync(folder, { recursive: true });
});

/** Runs the built command over the server. */
function command(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const all = [MAIN, ...args, ...(args.includes("--nats") ? [] : ["--nats", server.url])];
    execFile(process.execPath, all, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

function linesOf(...events: readonly object[]): string {
  return events.map((each) => `${JSON.stringify(each)}\n`).join("");
}

test("publish, project, watch, dead-letters and rebuild over a server", async () => {
  const log = join(folder, "log.jsonl");
  writeFileSync(log, linesOf(a1, b1));
  expect(await command("publish", log)).toMatchObject({ code: 0, out: "published  2 events\n" });
  expect((await command("publish", log)).out).toBe(
    "published  0 events\nrepeated   2 events that the log has\n",
  );

  // Another producer puts an event where it does not belong.
  const nats = await connectToNats({ url: server.url });
  const { event_id: _, ...broken } = a2;
  await jetstream(nats).publish(
    new Topology().eventSubject("0".repeat(32)),
    JSON.stringify(broken),
  );
  await nats.close();

  const projected = await command("project");
  expect(projected).toMatchObject({
    code: 0,
    out: "projected  3 events\n           1 dead letter: see mission-dossier dead-letters --nats URL\n",
  });
  const [id = ""] = (await command("dead-letters")).out.split(" ");
  const shown = await command("dead-letters", "show", id);
  expect(shown.out).toContain("event_id");
  expect(shown.out).toContain(JSON.stringify(broken));
  const repaired = join(folder, "repaired.json");
  writeFileSync(repaired, JSON.stringify(a2, null, 2));
  expect((await command("dead-letters", "retry", id, "--with", repaired)).code).toBe(0);
  expect((await command("dead-letters")).err).toBe("no dead letters\n");
  await command("project");

  const watched = await command("watch", "first-mission", "--once", "--format", "json");
  const { mission, state } = JSON.parse(watched.out);
  const expected = reducedStates([a1, a2, b1].map((each) => JSON.stringify(each))).states;
  expect(JSON.stringify(state)).toBe(JSON.stringify(JSON.parse(expected.get(mission) ?? "")));
  const compared = await command("rebuild", "--compare-only");
  expect(compared.out).toContain("no missions differ; the states stay as they are");
  expect(await consumers()).toHaveLength(64);
  expect((await command("rebuild")).out).toContain("no missions differ; the new states are in");
  expect((await command("watch", "first-mission", "--once", "-f", "json")).code).toBe(0);
});

test("serve shows the states on a server, and those that change", async () => {
  const port = await freePort();
  const args = ["serve", "--nats", server.url, "--port", String(port)];
  const serving = startMissionDossier(args);
  await serving.printed("serving");
  const slugs = async (): Promise<string[]> =>
    JSON.parse((await ask(port, "/missions")).body).missions.map(
      ({ namespace }: { namespace: { feature_slug: string } }) => namespace.feature_slug,
    );
  await expect.poll(slugs, { timeout: 30_000 }).toEqual(["first-mission", "other-mission"]);
  const more = join(folder, "more.jsonl");
  writeFileSync(more, linesOf(eventOf("third-mission", "spec.md")));
  await command("publish", more);
  await command("project");
  await expect.poll(slugs, { timeout: 30_000 }).toContain("third-mission");
  const { body } = await ask(port, "/missions");
  const [{ key }] = JSON.parse(body).missions;
  const state = JSON.parse((await ask(port, `/missions/${key}`)).body);
  expect(state.event_count).toBe(2);
  serving.interrupt();
  expect((await serving.ended).code).toBe(0);
});

test("project and serve go on with the new states after a rebuild", async () => {
  const port = await freePort();
  const args = ["--nats", server.url];
  await command("project");
  const projecting = startMissionDossier(["project", "--follow", ...args]);
  const serving = startMissionDossier(["serve", ...args, "--port", String(port)]);
  await serving.printed("serving");
  const rebuilt = await command("rebuild");
  const after = join(folder, "after.jsonl");
  writeFileSync(after, linesOf(eventOf("after-the-rebuild", "spec.md")));
  await command("publish", after);
  const list = async () => (await ask(port, "/missions")).body;
  await expect.poll(list, { timeout: 15_000 }).toContain("after-the-rebuild");
  expect((await command("watch", "after-the-rebuild", "--once")).code).toBe(0);
  for (const each of [projecting, serving]) {
    each.interrupt();
    expect(await each.ended).toMatchObject({ code: 0, stderr: "" });
  }
  expect(rebuilt.out).toContain("restart workers and readers of your own\n");
});

/** The consumers on the server: those of each set of states. */
async function consumers(): Promise<string[]> {
  const nats = await connectToNats({ url: server.url });
  const manager = await jetstreamManager(nats);
  const names: string[] = [];
  for await (const { name } of manager.consumers.list("dossier-events")) {
    names.push(name);
  }
  await nats.close();
  return names;
}

test("without a server, the command says so", async () => {
  const { code, err } = await command("project", "--nats", "nats://127.0.0.1:1");
  expect(code).toBe(2);
  expect(err).toContain("No connection to nats://127.0.0.1:1");
});
