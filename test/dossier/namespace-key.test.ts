import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  eventFromBinary,
  eventToBinary,
  keyOfNamespace,
  namespaceKey,
  parseEvent,
  reduceMissionDossier,
} from "../../src/index.js";
import { codePoint } from "../support/arbitrary-json.js";
import { envelope, indexed, namespace } from "../support/examples.js";

const event = (fields: object, payload: object = indexed) => ({
  ...envelope,
  payload: { ...payload, namespace: { ...namespace, ...fields } },
});

/** The key as docs/porting.md describes it, with another SHA-256 implementation. */
function expected(fields: readonly string[], step?: readonly (string | null)[]): string {
  const hash = createHash("sha256");
  const add = (text: string) => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  fields.forEach(add);
  for (const value of step ?? []) {
    hash.update(Buffer.of(value === null ? 0 : 1));
    if (value !== null) {
      add(value);
    }
  }
  return hash.digest("hex").slice(0, 32);
}

describe("the key of a mission", () => {
  const fields = Object.values(namespace);

  test("never changes", () => {
    expect(namespaceKey(event({}))).toBe("7a15a5ae6e7459ba363607e2da3bb03b");
    expect(namespaceKey(event({}), "step")).toBe("5e113d6d91792b26727ae30abcb9c8ea");
  });

  test("is the hash that docs/porting.md describes, of any text", () => {
    const text = fc.string({ unit: codePoint, minLength: 1 });
    fc.assert(
      fc.property(text, text, fc.option(text), (project_uuid, manifest_version, step_id) => {
        const given = event({ project_uuid, manifest_version, step_id });
        const all = [project_uuid, ...fields.slice(1, 4), manifest_version];
        expect(namespaceKey(given)).toBe(expected(all));
        expect(namespaceKey(given, "step")).toBe(expected(all, [step_id]));
      }),
      { numRuns: 50 },
    );
  });

  test("is that of the step in the scope step, where absent and empty differ", () => {
    const events = [
      event({}),
      event({ step_id: null }),
      event({ step_id: "" }),
      event({ step_id: "plan" }),
    ];
    expect(new Set(events.map((each) => namespaceKey(each))).size).toBe(1);
    expect(new Set(events.map((each) => namespaceKey(each, "step"))).size).toBe(3);
  });

  test("does not let neighboring fields run together", () => {
    const left = event({ project_uuid: "ab", feature_slug: "c" });
    const right = event({ project_uuid: "a", feature_slug: "bc" });
    expect(namespaceKey(left)).not.toBe(namespaceKey(right));
  });

  test("is the same for JSON, a message, binary and the state", () => {
    const json = event({ step_id: "plan" });
    const message = parseEvent(json);
    const { namespace: held } = reduceMissionDossier([json]);
    expect([
      namespaceKey(message),
      namespaceKey(eventFromBinary(eventToBinary(message))),
      held && keyOfNamespace(held),
    ]).toEqual(Array(3).fill(namespaceKey(json)));
  });

  test("is that of the namespace, even if the rest of the payload is rejected", () => {
    expect(namespaceKey(event({}, {}))).toBe(namespaceKey(event({})));
  });

  test.each([
    ["a namespace that lacks a field", event({ mission_key: "" })],
    ["another event type", { ...event({}), event_type: "SomethingElse" }],
    ["an invalid envelope", { ...event({}), node_id: "" }],
    ["no event at all", {}],
  ])("does not exist for %s", (_what, given) => {
    expect(namespaceKey(given as never)).toBeUndefined();
  });

  test("needs a namespace that the contract accepts, as a message", () => {
    const held = reduceMissionDossier([event({})]).namespace;
    for (const given of [namespace, { ...held, missionKey: "" }, { ...held, stepId: 5 }]) {
      expect(() => keyOfNamespace(given as never)).toThrow(
        /^namespace must be a (?:message|namespace) of /,
      );
    }
  });

  test("needs a known scope", () => {
    expect(() => namespaceKey(event({}), "steps" as never)).toThrow("namespaceScope must be");
  });
});
