import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Classes, type ClassRule } from "../../src/indexing/classes.js";
import { fileId } from "../../src/indexing/hash-file.js";
import { type IndexOptions, indexFolder } from "../../src/indexing/index-folder.js";
import { RecordedLog } from "../../src/indexing/recorded-log.js";
import {
  acceptsPayload,
  auditEvents,
  createEvent,
  type DossierEventJson,
  type EventJson,
  type Frozen,
  parityHash,
  reduceWithReport,
} from "../../src/index.js";
import { namespace } from "../support/examples.js";
import { runs } from "../support/runs.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "mission-dossier-")));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** A new folder, and the log of what is indexed in it. */
class Mission {
  readonly root = join(folder, String(count++));
  readonly events: Frozen<EventJson>[] = [];
  folder = "";

  constructor(files: { readonly [path: string]: string } = {}) {
    mkdirSync(this.root);
    for (const [path, content] of Object.entries(files)) {
      this.write(path, content);
    }
  }

  /** Writes a file that is old enough to be read at once. */
  write(path: string, content: string | Uint8Array): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, 0, 0);
  }

  remove(path: string): void {
    rmSync(join(this.root, path));
  }

  rename(from: string, to: string): void {
    mkdirSync(dirname(join(this.root, to)), { recursive: true });
    renameSync(join(this.root, from), join(this.root, to));
  }

  /** Indexes the folder, and appends the events to the log. */
  async index(rules: readonly ClassRule[] = [], options: Partial<IndexOptions> = {}) {
    const log = new RecordedLog();
    for (const event of this.events) {
      log.add(event);
    }
    const result = await indexFolder({
      root: this.root,
      folder: this.folder,
      log,
      namespace,
      emitter: { nodeId: "laptop" },
      classes: new Classes(rules, "output"),
      ...options,
    });
    // Every event is one that the contract accepts, and not only as an object in memory.
    this.events.push(...(JSON.parse(JSON.stringify(result.events)) as EventJson[]));
    const wrong = this.report.diagnostics.filter(({ code }) => code !== "clock_backwards");
    expect(wrong).toEqual([]);
    return { ...result, said: result.events.map((event) => sayingOf(event as EventJson)) };
  }

  get report() {
    return reduceWithReport(this.events);
  }

  get state() {
    return this.report.state;
  }

  /** The parity hash of the files, without the code that is tested. */
  get naiveHash(): string {
    const lines = readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => {
        const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
        return Buffer.from(`${file.slice(this.root.length + 1)}\t${hash}`);
      })
      .sort(Buffer.compare);
    const text = lines.map((line) => line.toString()).join("\n");
    return `sha256:${createHash("sha256").update(text).digest("hex")}`;
  }
}

/** An event in short. */
function sayingOf(given: Frozen<EventJson>): string {
  const event = given as Frozen<DossierEventJson>;
  switch (event.event_type) {
    case "MissionDossierArtifactIndexed": {
      const { artifact_id, supersedes } = event.payload;
      const before = supersedes ? ` was ${supersedes.path}` : "";
      return `indexed ${artifact_id.path}${before} as ${artifact_id.artifact_class}`;
    }
    case "MissionDossierArtifactMissing": {
      const { expected_identity, manifest_step, context_diagnostics } = event.payload;
      return `missing ${expected_identity.path} for ${manifest_step}: ${context_diagnostics?.["reason"]}`;
    }
    case "MissionDossierSnapshotComputed":
      return `snapshot ${event.payload.artifact_count} ${event.payload.anomaly_count}`;
    default:
      return event.event_type;
  }
}

describe("a folder", () => {
  test("is indexed whole, with a snapshot, and no second time", async () => {
    const mission = new Mission({ "spec.md": "a", "plan/plan.md": "b" });
    const { said, counts } = await mission.index();
    expect(said).toEqual([
      "indexed plan/plan.md as output",
      "indexed spec.md as output",
      "snapshot 2 0",
    ]);
    expect(counts).toMatchObject({ indexed: 2, unchanged: 0, missing: 0 });
    expect(mission.state.latestSnapshot?.snapshotHash).toBe(mission.naiveHash);
    expect(mission.state.parityStatus).toBe("clean");
    const second = await mission.index();
    expect(second.said).toEqual([]);
    expect(second.counts).toMatchObject({ indexed: 0, unchanged: 2 });
  });

  test("without files has a snapshot of nothing", async () => {
    const mission = new Mission();
    expect((await mission.index()).said).toEqual(["snapshot 0 0"]);
    expect(mission.state.latestSnapshot?.snapshotHash).toBe(mission.naiveHash);
    expect((await mission.index()).said).toEqual([]);
  });

  test("below a root has paths from the root, and nothing beside it is judged", async () => {
    const mission = new Mission({ "m/spec.md": "a", "m2/x": "b", y: "c" });
    await mission.index();
    mission.remove("y");
    mission.remove("m2/x");
    mission.write("m/plan.md", "d");
    mission.folder = "m";
    expect((await mission.index()).said).toEqual(["indexed m/plan.md as output", "snapshot 4 0"]);
  });

  test("has one correlation, one time and rising clocks in its events", async () => {
    const mission = new Mission({ a: "a", b: "b" });
    await mission.index();
    const [first] = mission.events;
    expect(mission.events.map((event) => event.correlation_id)).toEqual(
      mission.events.map(() => first?.event_id),
    );
    expect(mission.events.map((event) => event.lamport_clock)).toEqual([1, 2, 3]);
    mission.write("a", "c");
    await mission.index();
    expect(mission.events.map((event) => event.lamport_clock)).toEqual([1, 2, 3, 4, 5]);
    expect(mission.state.artifacts.get("a")?.contentRef.sizeBytes).toBe(1n);
  });

  test("goes on in the envelope of the log, in whatever order that is read", async () => {
    const mission = new Mission({ a: "a", b: "b" });
    const envelope = { aggregate_id: "mission/other", project_slug: "orchard", node_id: "cloud" };
    mission.events.push(
      createEvent(
        "MissionDossierArtifactMissing",
        {
          namespace,
          expected_identity: { mission_key: "software-dev", path: "a", artifact_class: "output" },
          manifest_step: "plan",
          checked_at: "",
        },
        { ...envelope, lamport_clock: 7, project_uuid: namespace.project_uuid },
      ),
    );
    await mission.index();
    expect(mission.events[1]).toMatchObject({ ...envelope, node_id: "laptop", lamport_clock: 8 });
    mission.events.reverse();
    expect((await mission.index()).said).toEqual([]);
  });
});

describe("what has changed", () => {
  test("is indexed again: another content, another class", async () => {
    const mission = new Mission({ a: "a", b: "b", c: "c" });
    await mission.index();
    mission.write("a", "A");
    const rules: ClassRule[] = [{ pattern: "b", artifact_class: "input", wp_id: "WP01" }];
    const again = ["indexed a as output", "indexed b as input", "snapshot 3 0"];
    expect((await mission.index(rules)).said).toEqual(again);
    expect((await mission.index(rules)).said).toEqual([]);
    expect(mission.state.artifacts.get("b")?.identity.wpId).toBe("WP01");
    const other: ClassRule[] = [{ pattern: "b", artifact_class: "input", wp_id: "WP02" }];
    expect((await mission.index(other)).said).toEqual(["indexed b as input"]);
    // A mapping without work packages does not take one away.
    mission.write("b", "B");
    await mission.index([{ pattern: "b", artifact_class: "input" }]);
    expect(mission.state.artifacts.get("b")?.identity.wpId).toBe("WP02");
  });

  test("is hashed as the log has it", async () => {
    const mission = new Mission({ a: "a", b: "b" });
    const identity = { mission_key: "software-dev", path: "a", artifact_class: "output" } as const;
    const hash = createHash("md5").update("a").digest("hex").toUpperCase();
    mission.events.push(
      createEvent(
        "MissionDossierArtifactIndexed",
        {
          namespace,
          artifact_id: identity,
          content_ref: { hash: `md5:${hash}`, algorithm: "md5" },
          indexed_at: "",
        },
        { aggregate_id: "m", node_id: "n", lamport_clock: 1, project_uuid: namespace.project_uuid },
      ),
    );
    expect((await mission.index()).said).toEqual(["indexed b as output", "snapshot 2 0"]);
    mission.write("a", "A");
    await mission.index();
    expect(mission.state.artifacts.get("a")?.contentRef).toMatchObject({
      algorithm: "md5",
      hash: createHash("md5").update("A").digest("hex"),
    });
  });

  test("its name alone supersedes the one that it had", async () => {
    const mission = new Mission({ a: "1", b: "1", c: "2" });
    await mission.index();
    mission.rename("a", "d/e");
    mission.rename("c", "f");
    mission.write("g", "1");
    const { said, counts } = await mission.index();
    expect(said).toEqual([
      "indexed d/e was a as output",
      "indexed f was c as output",
      "indexed g as output",
      "snapshot 6 0",
    ]);
    expect(counts).toMatchObject({ indexed: 3, renamed: 2, vanished: 0 });
    expect(parityHash(mission.state)).toBe(mission.naiveHash);
    expect((await mission.index()).said).toEqual([]);
    mission.rename("d/e", "a");
    expect((await mission.index()).said).toEqual(["indexed a was d/e as output", "snapshot 6 0"]);
    expect(parityHash(mission.state)).toBe(mission.naiveHash);
  });

  test("a file that takes the content of one that is gone, under a name that is known, is no new name", async () => {
    const mission = new Mission({ a: "1", b: "2" });
    await mission.index();
    mission.rename("a", "b");
    expect((await mission.index()).said).toEqual([
      "indexed b as output",
      "missing a for required_always: vanished",
      "snapshot 2 1",
    ]);
  });
});

describe("what is missing", () => {
  const rules: ClassRule[] = [
    { pattern: "/spec.md", artifact_class: "input", required: true },
    { pattern: "plan.md", artifact_class: "workflow", required: true, manifest_step: "plan" },
  ];

  test("is reported once while it is required and absent", async () => {
    const mission = new Mission();
    const { said, counts } = await mission.index(rules);
    expect(said).toEqual([
      "missing plan.md for plan: absent",
      "missing spec.md for required_always: absent",
      "snapshot 0 2",
    ]);
    expect(counts).toMatchObject({ missing: 2, stillMissing: 0, vanished: 0 });
    const second = await mission.index(rules);
    expect(second.said).toEqual([]);
    expect(second.counts).toMatchObject({ missing: 0, stillMissing: 2 });
    mission.write("plan.md", "a");
    const found = await mission.index(rules);
    expect(found.said).toEqual(["indexed plan.md as workflow", "snapshot 1 2"]);
    mission.remove("plan.md");
    expect((await mission.index(rules)).said).toEqual([
      "missing plan.md for plan: vanished",
      "snapshot 1 3",
    ]);
  });

  test("is reported once when it has vanished, and indexed when it is back as it was", async () => {
    const mission = new Mission({ a: "a", b: "b" });
    await mission.index();
    mission.remove("a");
    const { said, counts, events } = await mission.index();
    expect(said).toEqual(["missing a for required_always: vanished", "snapshot 2 1"]);
    expect(counts).toMatchObject({ missing: 1, vanished: 1 });
    expect(events[0]?.payload).toMatchObject({
      last_known_ref: { source_event_ids: [mission.events[0]?.event_id] },
      expected_identity: { path: "a", artifact_class: "output" },
    });
    // The log has it still, which its snapshot says truly and the folder does not.
    expect(mission.state.latestSnapshot?.snapshotHash).toBe(parityHash(mission.state));
    expect(parityHash(mission.state)).not.toBe(mission.naiveHash);
    const second = await mission.index();
    expect(second.said).toEqual([]);
    expect(second.counts).toMatchObject({ stillMissing: 1, vanished: 1 });
    mission.write("a", "a");
    expect((await mission.index()).said).toEqual(["indexed a as output"]);
    expect(parityHash(mission.state)).toBe(mission.naiveHash);
  });

  test("is a required file that was renamed", async () => {
    const mission = new Mission({ "plan.md": "a", "spec.md": "b" });
    await mission.index(rules);
    mission.rename("spec.md", "specification.md");
    expect((await mission.index(rules)).said).toEqual([
      "indexed specification.md was spec.md as output",
      "missing spec.md for required_always: absent",
      "snapshot 3 1",
    ]);
    expect((await mission.index(rules)).said).toEqual([]);
  });

  test("is not a file that only .gitignore hides", async () => {
    const mission = new Mission({ "a.log": "a", "spec.md": "b" });
    await mission.index();
    mission.write(".gitignore", "*.log\nspec.md");
    mission.write("b.log", "c");
    expect((await mission.index()).said).toEqual(["indexed .gitignore as output", "snapshot 3 0"]);
    mission.write("a.log", "A");
    expect((await mission.index()).said).toEqual(["indexed a.log as output", "snapshot 3 0"]);
    const required: ClassRule[] = [
      { pattern: "b.log", artifact_class: "evidence", required: true },
    ];
    expect((await mission.index(required)).said).toEqual([
      "indexed b.log as evidence",
      "snapshot 4 0",
    ]);
  });

  test("is not looked for outside the folder", async () => {
    const mission = new Mission();
    const paths = ["../x", "/etc/passwd", "a//b", "./a", "a/../b", "", ".git/config", "a/.git/b"];
    for (const [index, path] of paths.filter((path) => path !== "").entries()) {
      mission.events.push(
        createEvent(
          "MissionDossierArtifactIndexed",
          {
            namespace,
            artifact_id: { mission_key: "software-dev", path, artifact_class: "output" },
            content_ref: { hash: "00", algorithm: "sha256" },
            indexed_at: "",
          },
          {
            aggregate_id: "m",
            node_id: "n",
            lamport_clock: index,
            project_uuid: namespace.project_uuid,
          },
        ),
      );
    }
    expect((await mission.index()).said).toEqual([`snapshot ${paths.length - 1} 0`]);
  });
});

describe("links", () => {
  test("are counted and not followed, wherever they lead", async () => {
    const mission = new Mission({ "a/b": "1" });
    const outside = new Mission({ secret: "2" });
    const link = (target: string, path: string): void =>
      symlinkSync(target, join(mission.root, path));
    link("a/b", "file");
    link("a", "folder");
    link("..", "a/up");
    link(join(outside.root, "secret"), "out");
    link(outside.root, "outside");
    link("nowhere", "dangling");
    link("loop", "loop");
    const { said, links, problems } = await mission.index();
    expect(said).toEqual(["indexed a/b as output", "snapshot 1 0"]);
    expect({ links, problems }).toEqual({ links: 7, problems: [] });
  });

  test("in place of a recorded file, or of its folder, make it vanish", async () => {
    const mission = new Mission({ a: "1", "b/c": "2" });
    const outside = new Mission({ a: "1", c: "2" });
    await mission.index();
    rmSync(join(mission.root, "a"));
    rmSync(join(mission.root, "b"), { recursive: true });
    symlinkSync(join(outside.root, "a"), join(mission.root, "a"));
    symlinkSync(outside.root, join(mission.root, "b"));
    expect((await mission.index()).said).toEqual([
      "missing a for required_always: vanished",
      "missing b/c for required_always: vanished",
      "snapshot 2 2",
    ]);
  });

  test("do not make a .gitignore", async () => {
    const mission = new Mission({ a: "1", rules: "a" });
    symlinkSync("rules", join(mission.root, ".gitignore"));
    expect((await mission.index()).said).toContain("indexed a as output");
  });
});

describe("what cannot be hashed", () => {
  test("is reported as missing, once, and as a problem each time: a file that changes", async () => {
    const mission = new Mission({ a: "1", b: "2" });
    await mission.index();
    mission.write("a", "3");
    const onRead = (): void => appendFileSync(join(mission.root, "a"), "4");
    const { said, problems } = await mission.index([], { onRead });
    expect(said).toEqual(["missing a for required_always: changing", "snapshot 2 1"]);
    expect(problems).toEqual([{ kind: "changing", path: "a" }]);
    const second = await mission.index([], { onRead });
    expect(second.said).toEqual([]);
    expect(second.problems).toEqual([{ kind: "changing", path: "a" }]);
    expect((await mission.index()).said).toEqual(["indexed a as output", "snapshot 2 1"]);
    expect(parityHash(mission.state)).toBe(mission.naiveHash);
  });

  test("is reported as missing, once: a file that cannot be read", async () => {
    const mission = new Mission();
    const pattern = "x".repeat(300);
    const rules: ClassRule[] = [{ pattern, artifact_class: "input", required: true }];
    const { said, problems } = await mission.index(rules);
    expect(said).toEqual([`missing ${pattern} for required_always: unreadable`, "snapshot 0 1"]);
    expect(problems).toMatchObject([
      { kind: "unreadable", path: pattern, error: { code: "ENAMETOOLONG" } },
    ]);
    expect((await mission.index(rules)).said).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)("is reported: a folder that cannot be read", async () => {
    const mission = new Mission({ "a/b": "1" });
    await mission.index();
    chmodSync(join(mission.root, "a"), 0);
    const { said, problems } = await mission.index();
    chmodSync(join(mission.root, "a"), 0o700);
    expect(said).toEqual(["missing a/b for required_always: unreadable", "snapshot 1 1"]);
    expect(problems.map(({ path }) => path)).toEqual(["a/", "a/b"]);
  });

  test.skipIf(process.platform !== "linux")("is a problem: a name that is no text", async () => {
    const mission = new Mission({ a: "1" });
    const bytes = (...parts: (string | number)[]): Buffer =>
      Buffer.concat(
        [`${mission.root}/`, ...parts].map((part) =>
          typeof part === "string" ? Buffer.from(part) : Buffer.of(part),
        ),
      );
    writeFileSync(bytes("b", 0xff), "2");
    mkdirSync(bytes(0xc3));
    writeFileSync(bytes(0xc3, "/c"), "3");
    mkdirSync(bytes("d"));
    writeFileSync(bytes("d/", 0xed, 0xa0, 0x80), "4");
    const { said, problems } = await mission.index();
    expect(said).toEqual(["indexed a as output", "snapshot 1 0"]);
    expect(problems).toEqual([
      { kind: "invalid_name", path: "./" },
      { kind: "invalid_name", path: "./" },
      { kind: "invalid_name", path: "d/" },
    ]);
  });

  test.skipIf(process.platform === "win32")("is a problem: a socket", async () => {
    const mission = new Mission({ a: "1" });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(mission.root, "s"), resolve));
    const { said, problems } = await mission.index();
    server.close();
    expect(said).toEqual(["indexed a as output", "snapshot 1 0"]);
    expect(problems).toEqual([{ kind: "special_file", path: "s" }]);
  });

  test("is an error: the folder itself", async () => {
    const mission = new Mission();
    mission.folder = "nowhere";
    await expect(mission.index()).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("is left out: a file to exclude", async () => {
    const mission = new Mission({ a: "1", log: "2" });
    const log = fileId(statSync(join(mission.root, "log"), { bigint: true }));
    const { said } = await mission.index([], { isExcluded: (_, id) => id === log });
    expect(said).toEqual(["indexed a as output", "snapshot 1 0"]);
  });
});

/** Names that a file system takes and that programs stumble over. */
const names = [
  "a",
  "b.md",
  "__proto__",
  "constructor",
  "1",
  "😀",
  "～",
  "new\nline",
  "tab\t",
  "back\\slash",
  "..a",
  "...",
  " ",
  "-",
  "#a",
  "!a",
  "[a]*?",
  "sha256:",
  "\u007f\u202e",
];

test.skipIf(process.platform === "win32")(
  "whatever happens to the files, the log says what the folder has, and every claim in it is true",
  async () => {
    const name = fc.constantFrom(...names);
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    const step = fc.oneof(
      fc.record({ kind: fc.constant("write" as const), path, content: fc.constantFrom("1", "2") }),
      fc.record({ kind: fc.constant("rename" as const), from: fc.nat(9), path }),
      fc.record({ kind: fc.constant("remove" as const), from: fc.nat(9) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 4 }),
        async (all) => {
          const mission = new Mission();
          const existing = new Set<string>();
          for (const steps of all) {
            for (const given of steps) {
              const from = "from" in given ? [...existing][given.from] : undefined;
              try {
                if (given.kind === "write") {
                  mission.write(given.path, given.content);
                  existing.add(given.path);
                } else if (from !== undefined) {
                  if (given.kind === "rename") {
                    mission.rename(from, given.path);
                    existing.add(given.path);
                  } else {
                    mission.remove(from);
                  }
                  existing.delete(from);
                }
              } catch {
                // A file is in the way of a folder, or the other way round.
              }
            }
            const { counts } = await mission.index();
            expect((await mission.index()).said).toEqual([]);
            expect(parityHash(mission.state) === mission.naiveHash).toBe(counts.vanished === 0);
          }
          const claims = mission.events.flatMap((event, index) =>
            event.event_type === "MissionDossierSnapshotComputed" ? [{ event, index }] : [],
          );
          for (const { event, index } of claims) {
            const { state } = reduceWithReport(mission.events.slice(0, index));
            expect(event.payload).toMatchObject({
              snapshot_hash: parityHash(state),
              artifact_count: state.artifacts.size,
              anomaly_count: state.anomalies.length,
            });
          }
          const { findings } = auditEvents(mission.events);
          expect(findings.filter(({ verdict }) => verdict !== "confirmed")).toEqual([]);
          expect(findings).toHaveLength(3 * claims.length);
          for (const { eventId, claim, claimed } of findings) {
            const wrong = typeof claimed === "number" ? claimed + 1 : "f".repeat(64);
            const events = mission.events.map((event) =>
              event.event_id === eventId
                ? { ...event, payload: { ...event.payload, [claim]: wrong } }
                : event,
            );
            expect(
              auditEvents(events as EventJson[]).findings.filter(
                ({ verdict }) => verdict !== "confirmed",
              ),
            ).toMatchObject([{ eventId, claim, verdict: "refuted", found: claimed }]);
          }
          for (const { event_type, payload } of mission.events as DossierEventJson[]) {
            expect(acceptsPayload(event_type, payload)).toBe(true);
          }
          rmSync(mission.root, { recursive: true });
        },
      ),
      { numRuns: runs(200) },
    );
  },
);
