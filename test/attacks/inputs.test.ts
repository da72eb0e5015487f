import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEventFile, UnreadableFileError } from "../../src/stream/file.js";
import { lines, missionDossier, shell, temporaryDirectory } from "../cli/command.js";
import { cases } from "../support/runs.js";
import { indexing } from "./attacks.js";

// The messages of `reduce` about a missing file, a directory, and a file without read
// permission are tested in cli/mistakes; reading a FIFO, in cli/input.

const files = temporaryDirectory();
const isWindows = process.platform === "win32";
const good = files.write("good.jsonl", lines(indexing("a", 1)));

/** Paths that cannot be read, with the reason and its code. */
const rows = [
  { what: "nothing", name: "nowhere.jsonl", reason: "no such file or directory", code: "ENOENT" },
  { what: "a directory", name: "directory", reason: "it is a directory", code: "EISDIR" },
  {
    what: "a link to nothing",
    name: "dangling",
    reason: "no such file or directory",
    code: "ENOENT",
  },
  { what: "a link to a directory", name: "linked", reason: "it is a directory", code: "EISDIR" },
  {
    what: "a link to itself",
    name: "loop",
    reason: "too many symbolic links encountered",
    code: "ELOOP",
  },
  { what: "a socket", name: "socket", reason: "no such device or address", code: "ENXIO" },
  {
    what: "a name that is too long",
    name: "n".repeat(5000),
    reason: "name too long",
    code: "ENAMETOOLONG",
  },
  { what: "a part of a file", name: "good.jsonl/a", reason: "not a directory", code: "ENOTDIR" },
]
  // Systems report the opening of a socket differently.
  .filter(({ what }) => what !== "a socket" || process.platform === "linux")
  .map((row) => ({ ...row, path: join(files.path, row.name) }));

describe.skipIf(isWindows)("if the path is", () => {
  const server = createServer();
  beforeAll(async () => {
    mkdirSync(join(files.path, "directory"));
    symlinkSync("gone", join(files.path, "dangling"));
    symlinkSync("directory", join(files.path, "linked"));
    symlinkSync("loop", join(files.path, "loop"));
    await new Promise<void>((resolve) => server.listen(join(files.path, "socket"), resolve));
  });
  afterAll(() => {
    server.close();
  });

  describe.concurrent.each(rows)("$what", ({ path, reason, code }) => {
    const message = `mission-dossier: cannot read ${path}: ${reason}\n`;

    test("reduce ends with 2, one line, and no state of the files before it", async () => {
      const run = await missionDossier(["reduce", "-f", "json", good, path, good]);
      expect(run).toMatchObject({ code: 2, stdout: "", stderr: message });
    });

    test("validate ends with 2, and one line", async () => {
      const run = await missionDossier(["validate", path]);
      expect(run).toMatchObject({ code: 2, stdout: "", stderr: message });
    });

    test("the library names it, and has the error of the system", async () => {
      await expectUnreadable(path, code);
    });
  });
});

test("a name that no file can have is an unreadable file", async () => {
  await expectUnreadable("a\0b", "ERR_INVALID_ARG_VALUE");
});

describe.skipIf(isWindows).concurrent("an empty input", () => {
  const empty = [
    ["/dev/null", "CLI reduce -f json /dev/null"],
    ["/dev/null as standard input", "CLI reduce -f json < /dev/null"],
    [
      "a FIFO that is closed at once",
      'mkfifo "$DIR/a"; : > "$DIR/a" & CLI reduce -f json "$DIR/a"',
    ],
    ["many empty inputs", "CLI reduce -f json /dev/null - /dev/null < /dev/null"],
  ] as const;
  test.each(cases(empty, 1))("is the empty state: %s", async (_what, line) => {
    const { code, stdout, stderr } = await shell(line, { env: { DIR: files.path } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ event_count: 0, parity_status: "unknown" });
  });

  const unjudged = [
    ["/dev/null", "CLI validate /dev/null"],
    ["a FIFO that is closed at once", 'mkfifo "$DIR/b"; : > "$DIR/b" & CLI validate "$DIR/b"'],
  ] as const;
  test.each(cases(unjudged, 1))("gives nothing to judge: %s", async (_what, line) => {
    const { code, stdout, stderr } = await shell(line, { env: { DIR: files.path } });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: "nothing to judge: the input has no records\n",
    });
  });

  test("by namespace is no line", async () => {
    expect(await missionDossier(["reduce", "--by-namespace", "/dev/null"])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});

describe.skipIf(isWindows).concurrent("two FIFOs", () => {
  test("are read one after the other", async () => {
    const [one, two] = [join(files.path, "one"), join(files.path, "two")];
    execFileSync("mkfifo", [one, two]);
    const line = 'cat "$FILE" > "$ONE" & cat "$FILE" > "$TWO" & CLI reduce -f json "$ONE" "$TWO"';
    const { code, stdout } = await shell(line, { env: { FILE: good, ONE: one, TWO: two } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ event_count: 1 });
  });
});

describe.concurrent("a device that fails to be read", () => {
  const BROKEN = "/proc/self/mem";
  test.skipIf(!existsSync(BROKEN))("ends with 2 and one line", async () => {
    for (const command of ["reduce", "validate"]) {
      expect(await missionDossier([command, good, BROKEN])).toMatchObject({
        code: 2,
        stdout: "",
        stderr: `mission-dossier: cannot read ${BROKEN}: i/o error\n`,
      });
    }
    await expectUnreadable(BROKEN, "EIO");
  });
});

test("bytes that are not text are one or more unreadable records", async () => {
  const noise = Uint8Array.from({ length: 300_000 }, (_, index) => (index * index * 7919) >>> 5);
  for (const bytes of [noise, new Uint8Array(300_000), Buffer.alloc(1000, 0xff)]) {
    const run = await missionDossier(["reduce"], { input: bytes });
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 1, stdout: "" });
    expect(run.stderr).not.toMatch(/^ {4}at /m);
    expect(run.stderr).toContain("invalid record");
  }
});

async function expectUnreadable(file: string, systemCode: string): Promise<void> {
  const error: unknown = await readEventFile(file)
    [Symbol.asyncIterator]()
    .next()
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnreadableFileError);
  expect(error).toMatchObject({ code: "unreadable_file", file, cause: { code: systemCode } });
}
