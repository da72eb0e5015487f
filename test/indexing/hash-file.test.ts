import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
  openSync,
  closeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ALGORITHMS } from "../../gen/speckitty/dossier/v1/contract.js";
import { hashFile } from "../../src/indexing/hash-file.js";

const folder = mkdtempSync(join(tmpdir(), "mission-dossier-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MEBIBYTE = 2 ** 20;
const sha256 = { algorithm: "sha256" } as const;

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  utimesSync(path, 0, 0);
  return path;
}

function hashOf(content: string | Uint8Array, algorithm = "sha256"): string {
  return createHash(algorithm).update(content).digest("hex");
}

describe("the hash of a file", () => {
  test.each(ALGORITHMS)("by %s is that of its bytes", async (algorithm) => {
    const path = file("text", "abc");
    const { dev, ino } = statSync(path);
    expect(await hashFile(path, { algorithm })).toEqual({
      kind: "hashed",
      hash: hashOf("abc", algorithm),
      algorithm,
      size: 3n,
      id: `${dev}:${ino}`,
    });
  });

  test.each([0, 1, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 1, 3 * 2 ** 18, MEBIBYTE + 7])(
    "covers all of %i bytes",
    async (length) => {
      const content = Buffer.from(Array.from({ length }, (_, index) => index % 251));
      const read: number[] = [];
      const options = { ...sha256, onRead: (bytes: number) => read.push(bytes) };
      expect(await hashFile(file("bytes", content), options)).toMatchObject({
        hash: hashOf(content),
        size: BigInt(length),
      });
      expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBe(length);
    },
  );

  test("is given for a file that has just been written", async () => {
    const path = file("fresh", "");
    writeFileSync(path, "abc");
    expect(await hashFile(path, sha256)).toMatchObject({ kind: "hashed", hash: hashOf("abc") });
  });

  test("takes bounded memory", async () => {
    const path = file("sparse", "");
    truncateSync(path, 300 * MEBIBYTE);
    utimesSync(path, 0, 0);
    let most = 0;
    const onRead = (): void => {
      most = Math.max(most, process.memoryUsage.rss());
    };
    const before = process.memoryUsage.rss();
    const hashed = await hashFile(path, { ...sha256, onRead });
    expect(hashed).toMatchObject({ kind: "hashed", size: BigInt(300 * MEBIBYTE) });
    expect(most - before).toBeLessThan(50 * MEBIBYTE);
    rmSync(path);
  });
});

describe("a file that changes while it is read", () => {
  const content = Buffer.alloc(MEBIBYTE, "a");

  /** Each changes the file in a way of its own. */
  const changes = {
    grows: (path: string) => appendFileSync(path, "b"),
    shrinks: (path: string) => truncateSync(path, 2 ** 19),
    "keeps its size": (path: string) => {
      const descriptor = openSync(path, "r+");
      writeSync(descriptor, "b", 0);
      closeSync(descriptor);
    },
    "keeps its size and its time": (path: string) => {
      changes["keeps its size"](path);
      utimesSync(path, 0, 0);
    },
    "is replaced": (path: string) => {
      writeFileSync(`${path}.new`, content);
      utimesSync(`${path}.new`, 0, 0);
      renameSync(`${path}.new`, path);
    },
  };

  test.each(Object.entries(changes))("and %s has no hash", async (_, change) => {
    const path = file("changing", content);
    expect(await hashFile(path, { ...sha256, onRead: () => change(path) })).toEqual({
      kind: "changing",
    });
  });

  test.each(Object.entries(changes))("once, and %s, is read again", async (_, change) => {
    const path = file("changing", content);
    let pieces = 0;
    const onRead = (): void => void (pieces++ === 0 && change(path));
    const hashed = await hashFile(path, { ...sha256, onRead });
    expect(hashed).toMatchObject({ kind: "hashed", hash: hashOf(readFileSync(path)) });
  });

  test("and is deleted is absent", async () => {
    const path = file("changing", content);
    const onRead = (): void => rmSync(path, { force: true });
    expect(await hashFile(path, { ...sha256, onRead })).toEqual({ kind: "absent" });
  });
});

describe("nothing is hashed", () => {
  test("where no file is", async () => {
    mkdirSync(join(folder, "below"));
    symlinkSync(file("target", "abc"), join(folder, "link"));
    symlinkSync("nowhere", join(folder, "dangling"));
    symlinkSync("loop", join(folder, "loop"));
    for (const name of ["nowhere", "below", "link", "dangling", "loop", "target/x", "nul\0"]) {
      expect(await hashFile(join(folder, name), sha256), name).toEqual({ kind: "absent" });
    }
  });

  test.skipIf(process.platform === "win32")("in a pipe that nobody writes to", async () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(await hashFile(join(folder, "pipe"), sha256)).toEqual({ kind: "absent" });
  });

  test.skipIf(!existsSync("/proc/self/mem"))("when reading fails", async () => {
    expect(await hashFile("/proc/self/mem", sha256)).toMatchObject({
      kind: "unreadable",
      error: { code: "EIO" },
    });
  });

  // The kernel says that this file has 4096 bytes, and gives fewer.
  test.skipIf(!existsSync("/sys/kernel/uevent_seqnum"))("when the size is wrong", async () => {
    expect(await hashFile("/sys/kernel/uevent_seqnum", sha256)).toEqual({ kind: "changing" });
  });

  test("after an interruption, which is thrown", async () => {
    const interruption = new AbortController();
    const options = { ...sha256, signal: interruption.signal, onRead: () => interruption.abort() };
    await expect(hashFile(file("long", Buffer.alloc(MEBIBYTE)), options)).rejects.toThrow(
      "aborted",
    );
  });
});
