import { describe, expect, test } from "vitest";
import { CHECKS, compare, messageNamed } from "../../src/bindings/compare.js";
import type { Observation } from "../../src/bindings/observation.js";
import { compareKeys } from "../../src/bindings/states.js";
import { type MessageVector, makeVectors } from "../../src/bindings/vectors.js";

const { messages, streams } = makeVectors();

function vectorOf(id: string): MessageVector {
  const vector = messages.find((candidate) => candidate.id === id);
  if (vector === undefined) {
    throw new Error(`no vector ${id}`);
  }
  return vector;
}

/** The observation of a language that follows the contract in everything. */
function perfect(vector: MessageVector): Observation {
  const isRead = vector.binary !== null;
  return {
    id: vector.id,
    plain: isRead && vector.unknown_fields.length === 0 ? null : "not read",
    lenient: isRead ? null : "not read",
    violations: isRead ? vector.violations : null,
    binary: vector.binary,
    json: isRead ? stockJson(vector) : null,
    from_binary: isRead ? { error: null, equal: true, violations: vector.violations } : null,
    keys: null,
    event_type: vector.event_type,
  };
}

/** Stock ProtoJSON writes 64-bit integers as strings, and does not write unknown fields. */
function stockJson({ json, unknown_fields }: MessageVector): string {
  return unknown_fields.length === 0 ? json.replace(/:([0-9]{16,})/, ':"$1"') : "{}";
}

function differing(vector: MessageVector, seen: Observation): readonly string[] {
  return compare(vector, seen).flatMap(({ check, difference }) => (difference ? [check] : []));
}

// Stock Protobuf reads no valid envelope whose payload fits no Struct.
const known = messages.filter(
  ({ unknown_fields, binary, violations }) =>
    unknown_fields.length === 0 && (binary !== null || (violations ?? []).length > 0),
);

test.each(known.map((vector) => [vector.id, vector] as const))(
  "a language that does everything right has no difference: %s",
  (_id, vector) => {
    expect(differing(vector, perfect(vector))).toEqual([]);
  },
);

describe("each mistake of a language fails the right checks", () => {
  const valid = vectorOf("dossier-artifact-indexed-supersedes");
  const invalid = vectorOf("dossier-artifact-indexed-missing-path");
  const unreadable = vectorOf("boundary-namespace-is-text");
  const unknown = vectorOf("boundary-unknown-field-top-level");

  test.each<[string, MessageVector, Partial<Observation>, readonly string[]]>([
    [
      "valid JSON is not read",
      valid,
      { plain: "no", lenient: "no" },
      ["json in", "verdict", "bytes in"],
    ],
    [
      "JSON of another shape is read as a message",
      unreadable,
      { plain: null, lenient: null, violations: [] },
      ["json in", "verdict"],
    ],
    [
      "unknown fields are accepted without the option",
      unknown,
      { plain: null },
      ["json in", "json out"],
    ],
    [
      "unknown fields cannot be ignored",
      valid,
      { lenient: "no" },
      ["json in", "verdict", "bytes in"],
    ],
    ["a rule is missing", invalid, { violations: [] }, ["verdict", "rules"]],
    [
      "a rule is broken at another field",
      invalid,
      { violations: [{ field: "artifact_id", rule: "required" }] },
      ["rules"],
    ],
    [
      "other bytes are written",
      valid,
      { binary: vectorOf("dossier-artifact-indexed-valid").binary },
      ["bytes out"],
    ],
    ["no bytes are written", valid, { binary: null }, ["bytes out"]],
    [
      "bytes are not read",
      valid,
      { from_binary: { error: "no", equal: null, violations: null } },
      ["bytes in"],
    ],
    [
      "bytes are read as another message",
      valid,
      { from_binary: { error: null, equal: false, violations: [] } },
      ["bytes in"],
    ],
    [
      "a message from bytes gets another verdict",
      invalid,
      { from_binary: { error: null, equal: true, violations: [] } },
      ["bytes in"],
    ],
    ["bytes are ignored", valid, { from_binary: null }, ["bytes in"]],
    [
      "a message from bytes is not judged",
      valid,
      { from_binary: { error: null, equal: true, violations: null } },
      ["bytes in"],
    ],
    ["JSON is read only if unknown fields are ignored", valid, { plain: "no" }, ["json in"]],
    ["no JSON is written", valid, { json: null }, ["json out"]],
    ["JSON is written without a field", valid, { json: "{}" }, ["json out"]],
    [
      "JSON is written in camel case",
      valid,
      { json: valid.json.replace("artifact_id", "artifactId") },
      ["json out"],
    ],
    [
      "the option has another value",
      valid,
      { event_type: "MissionDossierArtifactMissing" },
      ["option"],
    ],
    ["the option is missing", valid, { event_type: null }, ["option"]],
  ])("%s", (_what, vector, change, expected) => {
    expect(differing(vector, { ...perfect(vector), ...change })).toEqual(expected);
  });

  test("an unknown field of a closed message is ignored without the option", () => {
    const vector = vectorOf("generations-unknown-field-nested");
    const right = { ...perfect(vector), plain: "no", lenient: null, violations: [] };
    expect(differing(vector, right)).toEqual([]);
    expect(differing(vector, { ...right, plain: null })).toEqual(["json in", "verdict"]);
  });

  test("JSON of the later generation is written with names of the first", () => {
    const vector = vectorOf("generations-artifact-indexed-valid");
    const json = vector.json.replace("mission_slug", "feature_slug");
    expect(differing(vector, { ...perfect(vector), json })).toEqual(["json out"]);
  });

  test("the entries of a map may have any order", () => {
    const vector = vectorOf("boundary-diagnostics-special-keys");
    const [first = "", second = ""] = ["__proto__", "constructor"].map((key) => {
      const hex = Buffer.from(key).toString("hex");
      return new RegExp(`3a..0a..${hex}12(?:00|(..)(?:..)*?(?=3a|$))`).exec(
        vector.binary ?? "",
      )?.[0];
    });
    expect(first).not.toBe("");
    expect(second).not.toBe("");
    const swapped = vector.binary?.replace(`${first}${second}`, `${second}${first}`) ?? null;
    expect(swapped).not.toBe(vector.binary);
    expect(differing(vector, { ...perfect(vector), binary: swapped })).toEqual([]);
  });

  test("a failure shows both sides", () => {
    const [difference] = compare(invalid, { ...perfect(invalid), violations: [] }).flatMap(
      ({ check, difference }) => (check === "rules" && difference ? [difference] : []),
    );
    expect(difference).toEqual({
      expected: "artifact_id.path: required",
      found: "no rule is broken",
    });
  });

  test("a rule that the whole message breaks is shown as such", () => {
    const violations = [{ field: "", rule: "one_of" }];
    const [difference] = compare(invalid, { ...perfect(invalid), violations }).flatMap(
      ({ check, difference }) => (check === "rules" && difference ? [difference] : []),
    );
    expect(difference?.found).toBe("(message): one_of");
  });

  test("an unknown message name is an error", () => {
    expect(() => messageNamed("acme.v1.Robot")).toThrow("no message acme.v1.Robot");
  });

  test("the checks are those that the cases above make fail", () => {
    expect(CHECKS).toEqual([
      "json in",
      "verdict",
      "rules",
      "bytes out",
      "bytes in",
      "json out",
      "option",
    ]);
  });
});

describe("the keys of a state", () => {
  const stream = streams.filter(({ id }) => id === "stream-parity-order");
  const [mission, step] = stream.map(({ namespace_key }) => namespace_key ?? "");
  const right = {
    namespace_key: { mission: mission ?? "", step: step ?? "" },
    parity_hash: stream[0]?.parity_hash ?? { "path-hash": "", hashes: "" },
  };
  const state = vectorOf("stream-parity-order-state");
  const wrongIn = (keys: Observation["keys"]): string[] =>
    compareKeys(stream, new Map([[state.id, { ...perfect(state), keys }]])).flatMap(
      ({ id, difference }) => (difference ? [id] : []),
    );
  const both = ["mission", "step"].map((scope) => `stream-parity-order, scope ${scope}`);

  test("have no difference where they are right", () => {
    expect(stream.length).toBe(2);
    expect(wrongIn(right)).toEqual([]);
  });

  test("fail in the scope where one is wrong, and in both without any", () => {
    const wrongStep = { ...right, namespace_key: { ...right.namespace_key, step: "0" } };
    expect(wrongIn(wrongStep)).toEqual(both.slice(1));
    expect(wrongIn({ ...right, namespace_key: null })).toEqual(both);
    for (const rule of ["path-hash", "hashes"]) {
      const parity_hash = { ...right.parity_hash, [rule]: "0" };
      expect(wrongIn({ ...right, parity_hash })).toEqual(both);
    }
    expect(wrongIn(null)).toEqual(both);
    expect(compareKeys(stream, new Map()).map(({ difference }) => difference?.found)).toEqual([
      "null",
      "null",
    ]);
  });

  test("are compared for every stream that has a state", () => {
    const compared = compareKeys(streams, new Map()).length;
    expect(compared).toBe(streams.filter(({ state }) => state !== null).length);
  });
});
