import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { loadReplayStream } from "../../src/conformance/fixtures.js";
import {
  ALGORITHMS,
  type EventJson,
  InvalidArgumentError,
  PARITY_RULES,
  parityHash,
  reduceMissionDossier,
} from "../../src/index.js";
import { compareCodePoints } from "../../src/parity/code-points.js";
import { sha256 } from "../../src/parity/sha256.js";
import { artifact, stateOf } from "../support/artifacts.js";
import { runs } from "../support/runs.js";

const EMPTY = createHash("sha256").digest("hex");
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the parity hash", () => {
  test("never changes", () => {
    const state = reduceMissionDossier(loadReplayStream("stream-parity-order") as EventJson[]);
    const hash = "sha256:e62dcbfea68076931e3e58eff3f0bcd42fd512e6eeb8e23b5b40e57da9057991";
    expect(parityHash(state)).toBe(hash);
    expect(state.latestSnapshot?.snapshotHash).toBe(hash);
    expect(parityHash(state, { rule: "hashes" })).toBe(
      "3c8a62ed29d2abedfaf117c73b6bc05064288e62348e121d48844ad96a636b6c",
    );
  });

  test("of no artifacts is that of the empty text", () => {
    expect(parityHash(stateOf([]))).toBe(`sha256:${EMPTY}`);
    expect(parityHash(stateOf([]), { rule: "hashes" })).toBe(EMPTY);
  });

  test("is over lines of path, tab and hash", () => {
    const state = stateOf([artifact("b", "22"), artifact("a", "33"), artifact("c", "11")]);
    expect(parityHash(state)).toBe(`sha256:${hashOf("a\t33\nb\t22\nc\t11")}`);
    expect(parityHash(state, { rule: "path-hash" })).toBe(parityHash(state));
    expect(parityHash(state, { rule: "hashes" })).toBe(hashOf("112233"));
  });

  test("sorts paths by code point, and not the lines", () => {
    const state = stateOf(["😀", "～", "a\u0001", "a"].map((path) => artifact(path, "0")));
    expect(parityHash(state)).toBe(`sha256:${hashOf("a\t0\na\u0001\t0\n～\t0\n😀\t0")}`);
  });

  test("leaves out what is superseded", () => {
    const state = stateOf([artifact("a", "1"), artifact("b", "2", { supersedes: "a" })]);
    expect(state.artifacts.get("a")?.superseded).toBe(true);
    expect(parityHash(state)).toBe(`sha256:${hashOf("b\t2")}`);
    expect(parityHash(state, { rule: "hashes" })).toBe(hashOf("2"));
  });

  test.each([
    ...ALGORITHMS.map((algorithm) => [`${algorithm}:ff`, "ff"]),
    ["sha256:sha256:ff", "sha256:ff"],
    ["SHA256:ff", "SHA256:ff"],
    ["sha1:ff", "sha1:ff"],
    ["sha256ff", "sha256ff"],
    ["sha256:", ""],
  ])("takes %s as %s", (hash, bare) => {
    expect(parityHash(stateOf([artifact("a", hash)]))).toBe(`sha256:${hashOf(`a\t${bare}`)}`);
  });

  test("does not depend on the order of the artifacts", () => {
    const paths = fc.uniqueArray(fc.string({ unit: "binary", minLength: 1 }), { maxLength: 6 });
    fc.assert(
      fc.property(paths, (given) => {
        const there = stateOf(given.map((path) => artifact(path, hashOf(path))));
        const back = stateOf(given.toReversed().map((path) => artifact(path, hashOf(path))));
        const sorted = given.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const text = sorted.map((path) => `${path}\t${hashOf(path)}`).join("\n");
        expect(parityHash(there)).toBe(`sha256:${hashOf(text)}`);
        for (const rule of PARITY_RULES) {
          expect(parityHash(there, { rule })).toBe(parityHash(back, { rule }));
        }
      }),
      { numRuns: runs(300) },
    );
  });

  test("refuses an unknown rule, and anything but a state", () => {
    expect(() => parityHash(stateOf([]), { rule: "path" as "hashes" })).toThrow(
      new InvalidArgumentError("rule", "path-hash or hashes", "path"),
    );
    expect(() => parityHash(undefined as never)).toThrow(InvalidArgumentError);
  });
});

test("texts are in the order of their bytes in UTF-8", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "\u007f", "é", "\ud7ff", "\ue000", "～", "😀"),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const order = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareCodePoints(a, b))).toBe(order);
    }),
    { numRuns: runs(1000) },
  );
});

test.each([
  ["without a process, as in a browser", undefined],
  ["with a process that has no modules", {}],
  ["with a process whose modules have nothing", { getBuiltinModule: () => ({}) }],
])("SHA-256 %s is the same", (_where, process) => {
  const bytes = new TextEncoder().encode("a\t1");
  vi.stubGlobal("process", process);
  expect(sha256(bytes)).toBe(hashOf("a\t1"));
});

test("SHA-256 is Node's where that is at hand", () => {
  const createHash = vi.fn(() => ({ update: () => ({ digest: () => "native" }) }));
  vi.stubGlobal("process", { getBuiltinModule: () => ({ createHash }) });
  expect(sha256(new Uint8Array())).toBe("native");
});
