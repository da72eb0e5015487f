import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { ContributionSchema } from "../../gen/speckitty/reducer/v1/checkpoint_pb.js";
import { PackedMessages } from "../../src/dossier/packed.js";
import { Vocabulary } from "../../src/dossier/vocabulary.js";
import type { JsonMap } from "../../src/event/json/json-object.js";
import { validJson } from "../support/arbitrary-json.js";
import { contentRef, identity } from "../support/examples.js";

/** Wire JSON without what says the same as nothing, and integers in one form. */
function plain(json: unknown): unknown {
  if (Array.isArray(json)) {
    return json.map(plain);
  }
  if (typeof json !== "object" || json === null) {
    return typeof json === "string" && isSafeInteger(json) ? Number(json) : json;
  }
  const entries = Object.entries(json).map(([key, value]) => [key, plain(value)] as const);
  return Object.fromEntries(
    entries.filter(([, value]) => {
      const isEmpty = Array.isArray(value) && value.length === 0;
      return value !== null && value !== false && !isEmpty;
    }),
  );
}

function isSafeInteger(text: string): boolean {
  return /^[0-9]{1,16}$/.test(text) && Number.isSafeInteger(Number(text));
}

function newPacked(): PackedMessages {
  return new PackedMessages(ContributionSchema, () => undefined);
}

function artifact(fields: JsonMap): JsonMap {
  const [identityOf, reference] = [
    { ...identity, ...fields },
    { ...contentRef, ...fields },
  ];
  return { artifact: { identity: identityOf, content_ref: reference, indexed_at: "", ...fields } };
}

describe("packed messages", () => {
  test("come back as they were", () => {
    fc.assert(
      fc.property(fc.array(validJson(ContributionSchema), { maxLength: 20 }), (all) => {
        const packed = newPacked();
        const positions = all.map((json) => packed.add(json));
        const reader = packed.readerOf(packed.content);
        for (const [index, position] of positions.entries()) {
          assert.deepStrictEqual(plain(packed.get(position)), plain(all[index]));
          const elsewhere = reader.read(position);
          assert.deepStrictEqual(elsewhere, packed.get(position));
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["hexadecimal digits", "0123456789abcdef"],
    ["an odd number of them", "abc"],
    ["a timestamp", "2026-03-02T09:14:07.517788+00:00"],
    ["upper-case hexadecimal digits", "ABCDEF"],
    ["nothing", ""],
    ["characters below 256", "é\u0000\u007f\u0080ÿ"],
    ["others", "語😀\ud800"],
    ["very many characters", "kitty-specs/".repeat(400_000)],
    ["very many others", "語".repeat(2_500_000)],
    ["very many digits", "7".repeat(9_000_000)],
  ])("hold text of %s", (_name, hash) => {
    const packed = newPacked();
    const positions = [artifact({}), artifact({ hash }), artifact({ hash: `${hash}0` })].map(
      (json) => packed.add(json),
    );
    const read = positions.map((position) => packed.get(position));
    assert.deepStrictEqual(
      read,
      [artifact({}), artifact({ hash }), artifact({ hash: `${hash}0` })].map(known),
    );
  });

  test.each([-1, 0, 1, 127, 128, 2 ** 31, 2 ** 53 - 1, "9007199254740992", "9223372036854775807"])(
    "hold the integer %s",
    (size_bytes) => {
      const packed = newPacked();
      const position = packed.add(artifact({ size_bytes }));
      expect(packed.get(position)).toEqual(known(artifact({ size_bytes })));
      const asText = packed.add(artifact({ size_bytes: String(size_bytes) }));
      expect(packed.lastEquals(position)).toBe(true);
      expect(packed.get(asText)).toEqual(packed.get(position));
    },
  );

  test("are as many as there is memory for, in chunks", () => {
    const packed = newPacked();
    const all = Array.from({ length: 30_000 }, (_, index) =>
      artifact({ hash: String(index).repeat(60), path: `${index % 9000}` }),
    );
    const positions = all.map((json) => packed.add(json));
    expect(packed.content.chunks.length).toBeGreaterThan(1);
    for (const index of [0, 1, 4095, 4096, 4097, 8191, 8999, 15_000, 29_999]) {
      const position = positions[index] ?? assert.fail();
      assert.deepStrictEqual(packed.get(position), known(all[index] ?? {}));
    }
  });

  test("refer to strings of any number", () => {
    const vocabulary = new Vocabulary(true);
    const packed = new PackedMessages(ContributionSchema, () => vocabulary);
    const positions = Array.from({ length: 9000 }, (_, index) =>
      packed.add(artifact({ path: `src/${index}.ts` })),
    );
    for (const index of [0, 191, 192, 8300, 8500, 8999]) {
      expect(packed.get(positions[index] ?? -1)).toMatchObject({
        artifact: { identity: { path: `src/${index}.ts` } },
      });
    }
  });

  test("forget the last one", () => {
    const packed = newPacked();
    const first = packed.add(artifact({}));
    const before = structuredClone(packed.content);
    packed.mark();
    const second = packed.add(artifact({ hash: "00", path: "new" }));
    expect(packed.lastEquals(first)).toBe(false);
    packed.forgetMarked();
    expect(packed.content).toEqual(before);
    expect(packed.add(artifact({ hash: "11" }))).toBe(second);
    expect(packed.get(first)).toEqual(known(artifact({})));
    expect(packed.get(second)).toEqual(known(artifact({ hash: "11" })));
  });

  test("that nobody has packed are refused", () => {
    const packed = newPacked();
    packed.add(artifact({}));
    expect(() => packed.get(2 ** 20)).toThrow(RangeError);
    const { chunks } = packed.content;
    expect(() => packed.readerOf({ chunks, vocabularies: [] }).read(0)).toThrow(RangeError);
  });

  test("that share their bytes are refused, since a little would become very much", () => {
    const packed = newPacked();
    const position = packed.add(artifact({ hash: "x".repeat(1000) }));
    const reader = packed.readerOf(packed.content);
    reader.read(position);
    expect(() => reader.read(position)).toThrow(RangeError);
  });

  test("that refer to a string which no vocabulary takes are refused, for the same reason", () => {
    const packed = newPacked();
    packed.add(artifact({ hash: "short" }));
    const { chunks, vocabularies } = packed.content;
    const long = vocabularies.map((strings) => strings.map((text) => text.padEnd(257)));
    expect(() => packed.readerOf({ chunks, vocabularies: long })).toThrow(RangeError);
  });

  test("of a message with a map, which no reducer needs, are refused", () => {
    expect(() => new PackedMessages(EventSchema, () => undefined)).toThrow(TypeError);
  });

  /** The contribution without the fields that its messages do not have. */
  function known({ artifact }: JsonMap): JsonMap {
    const { identity: own, content_ref, indexed_at }: Record<string, unknown> = Object(artifact);
    const pick = (json: unknown, names: readonly string[]): JsonMap =>
      Object.fromEntries(Object.entries(Object(json)).filter(([name]) => names.includes(name)));
    return {
      artifact: {
        identity: pick(own, ["mission_key", "path", "artifact_class"]),
        content_ref: pick(content_ref, ["hash", "algorithm", "size_bytes"]),
        indexed_at,
      },
    };
  }
});

describe("a vocabulary", () => {
  test("knows each string by an index", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 4 })), (texts) => {
        const vocabulary = new Vocabulary();
        const indexes = texts.map((text) => vocabulary.indexOf(text));
        expect(indexes.map((index) => vocabulary.strings[index])).toEqual(texts);
        expect(vocabulary.strings).toEqual([...new Set(texts)]);
      }),
    );
  });

  test("takes no more strings once they hardly ever come again, and keeps what it has", () => {
    const vocabulary = new Vocabulary();
    const indexes = Array.from({ length: 10_000 }, (_, index) => vocabulary.indexOf(`${index}`));
    expect(indexes.filter((index) => index === -1)).toHaveLength(10_000 - 4096);
    expect(vocabulary.strings[4095]).toBe("4095");
  });

  test("goes on as long as they come again", () => {
    const vocabulary = new Vocabulary();
    for (let index = 0; index < 10_000; index++) {
      expect(vocabulary.indexOf(`${index}`)).toBe(index);
      // Two strings by turns, so that none is the one before.
      vocabulary.indexOf(`${Math.floor(index / 2)}`);
      vocabulary.indexOf(`${Math.floor(index / 3)}`);
    }
  });

  test("that is open takes everything, however long", () => {
    const vocabulary = new Vocabulary(true);
    const long = "a".repeat(100_000);
    expect(vocabulary.indexOf(long)).toBe(0);
    expect(new Vocabulary().indexOf(long)).toBe(-1);
    for (let index = 1; index < 20_000; index++) {
      expect(vocabulary.indexOf(`${index}`)).toBe(index);
    }
    expect(vocabulary.indexOf(long)).toBe(0);
  });
});
