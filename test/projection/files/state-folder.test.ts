import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { StateFolder } from "../../../src/projection/files/index.js";
import { temporaryFolder } from "./world.js";

const folder = temporaryFolder();
const position = { start: 0, seq: 1, crc: 0 };

test("a folder of states does not keep what was replaced, and readers notice nothing", async () => {
  const path = join(folder, "replaced");
  const [writer, reader] = [new StateFolder(path), new StateFolder(path)];
  const document = (version: number) => new Uint8Array(1_000_000).fill(version);
  let revision: string | number | undefined;
  for (let version = 1; version <= 50; version++) {
    // The revision of a document changes when the file is written again.
    revision = (await writer.get("a"))?.revision;
    expect(await writer.put("b", document(0), (await writer.get("b"))?.revision)).toBeDefined();
    expect(await writer.put("a", document(version), revision)).toBeDefined();
    await writer.commit({ ...position, seq: version });
    if (version % 7 === 0) {
      await reader.load();
    }
    expect((await reader.get("a"))?.bytes[0] ?? 0).toBeGreaterThanOrEqual(version - (version % 7));
  }
  expect((await reader.load()).seq).toBe(50);
  const { bytes = [] } = (await reader.get("a")) ?? {};
  expect(new Set(bytes)).toEqual(new Set([50]));
  expect(reader.missions).toEqual(["a", "b"]);
  const files = readdirSync(path).filter((name) => name.startsWith("states-"));
  expect(files).not.toEqual(["states-1"]);
  expect(files).toHaveLength(1);
  expect(statSync(join(path, files[0] ?? "")).size).toBeLessThan(25_000_000);
});

test("a document is replaced only if it is the one that was read, and not before it counts", async () => {
  const path = join(folder, "compared");
  const [writer, reader] = [new StateFolder(path), new StateFolder(path)];
  await writer.commit({ ...position, seq: 0 });
  const first = await writer.put("a", new Uint8Array([1]), undefined);
  expect(await writer.put("a", new Uint8Array([2]), undefined)).toBeUndefined();
  expect((await writer.get("a"))?.bytes).toEqual(Buffer.of(1));
  await reader.load();
  expect(await reader.get("a")).toBeUndefined();
  await writer.commit(position);
  await reader.load();
  expect((await reader.get("a"))?.revision).toBe(first);
});

test("a damaged file is refused", async () => {
  const path = join(folder, "damaged");
  const writer = new StateFolder(path);
  await writer.put("a", new Uint8Array(10), undefined);
  await writer.commit(position);
  const shorter = new StateFolder(path);
  truncateSync(join(path, "states-1"), 11);
  await expect(shorter.load()).rejects.toMatchObject({
    code: "invalid_binary",
    message: expect.stringMatching(/it has 11 bytes of \d+, so the states must be rebuilt/),
  });
  writeFileSync(join(path, "states-1"), "oops".repeat(10));
  await expect(shorter.load()).rejects.toMatchObject({ code: "invalid_binary" });
  writeFileSync(join(path, "position.json"), "{}");
  await expect(shorter.load()).rejects.toMatchObject({ code: "invalid_binary" });
});

test("a damaged byte in the line before a document is noticed", async () => {
  const path = join(folder, "line");
  const writer = new StateFolder(path);
  await writer.put("a0", new Uint8Array(10), undefined);
  await writer.put("b0", new Uint8Array(12), undefined);
  await writer.commit(position);
  const file = join(path, "states-1");
  const whole = readFileSync(file);
  const starts = [0, whole.indexOf("b0")];
  const places = starts.flatMap((start) => {
    const end = whole.indexOf("\n", start);
    return Array.from({ length: end - start + 1 }, (_, index) => start + index);
  });
  expect(places.length).toBeGreaterThan(20);
  for (const place of places) {
    for (const bit of [0, 4]) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(place) ^ (1 << bit), place);
      writeFileSync(file, damaged);
      await expect(new StateFolder(path).load()).rejects.toMatchObject({ code: "invalid_binary" });
    }
  }
});
