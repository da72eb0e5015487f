import { describe, expect, test } from "vitest";
import { MIXTURES, makeVectors } from "../../src/bindings/vectors.js";
import { listReplayStreams, loadFixtures } from "../../src/conformance/fixtures.js";
import {
  eventFromBinary,
  parseEvent,
  parsePayload,
  payloadFromBinary,
  stateFromBinary,
  stateToJsonString,
} from "../../src/index.js";

const { messages, streams } = makeVectors();
const cases = ["dossier", "boundary", "generations"].flatMap((category) => loadFixtures(category));

/** Other languages reduce streams of the first generation. */
const replays = listReplayStreams().filter((id) => !id.startsWith("generations-"));

test("each case and each state has a vector", () => {
  expect(messages.map(({ id }) => id).sort()).toEqual(
    [...cases.map(({ id }) => id), ...listReplayStreams().map((id) => `${id}-state`)].sort(),
  );
  for (const scope of ["mission", "step"]) {
    expect(streams.flatMap((stream) => (stream.scope === scope ? [stream.id] : []))).toEqual([
      ...replays,
      ...Object.keys(MIXTURES),
    ]);
  }
});

test.each(cases)(
  "the verdict on $id is the one in the manifest",
  ({ id, expectedValid, payload }) => {
    const vector = messages.find((candidate) => candidate.id === id);
    expect(vector?.valid).toBe(expectedValid);
    const isClosed = vector?.message.startsWith("speckitty.dossier.v3.");
    const unknown = isClosed ? (vector?.unknown_fields ?? []) : [];
    expect([...(vector?.violations ?? []), ...unknown].length === 0).toBe(expectedValid);
    expect(JSON.parse(vector?.json ?? "")).toEqual(payload);
  },
);

describe.each(messages.filter(({ valid, binary }) => valid && binary !== null))(
  "the binary form of $id",
  (vector) => {
    const bytes = Buffer.from(vector.binary ?? "", "hex");

    test("is the message in its JSON", () => {
      const json = JSON.parse(vector.json);
      if (vector.event_type !== null) {
        const { eventType } = cases.find(({ id }) => id === vector.id) ?? {};
        if (eventType === undefined || eventType === "Event") {
          throw new Error(`${vector.id} is not a payload`);
        }
        const expected = parsePayload(eventType, exact(vector.id, json));
        expect(payloadFromBinary(eventType, bytes)).toEqual(expected);
      } else if (vector.message.endsWith(".Event")) {
        expect(eventFromBinary(bytes)).toEqual(parseEvent(json));
      } else {
        const contract = vector.message.includes(".v3.") ? "3.0.0" : "2.4.0";
        const state = stateFromBinary(bytes);
        expect(stateToJsonString(state, 0, { contract })).toBe(vector.json);
      }
    });
  },
);

/** Restores the one number that `JSON.parse` rounds. */
function exact(id: string, json: { content_ref?: object }): unknown {
  return id === "boundary-size-bytes-above-2-to-53"
    ? { ...json, content_ref: { ...json.content_ref, size_bytes: "9007199254740993" } }
    : json;
}

test("a stream has either a state or the namespaces that differ", () => {
  const failing = streams.filter(({ mixed }) => mixed !== null);
  expect(failing.map(({ id, scope }) => [id, scope])).toEqual([
    ["two-missions", "mission"],
    ["two-missions-run-together", "mission"],
    ["dossier-replay-happy-path", "step"],
    ["stream-malformed-payloads", "step"],
    ["stream-several-steps", "step"],
    ["two-missions", "step"],
    ["two-missions-run-together", "step"],
  ]);
  for (const { state, mixed } of streams) {
    expect(state === null).toBe(mixed !== null);
    expect(state === null || messages.some(({ id }) => id === state)).toBe(true);
  }
});

test("each vector is a message of the package of its generation", () => {
  const packages = new Map(
    messages.map(({ id, message }) => [id, message.replace(/\.[A-Z].*/, "")]),
  );
  for (const { id, minVersion } of cases) {
    expect([id, packages.get(id)]).toEqual([
      id,
      minVersion === "3.0.0" ? "speckitty.dossier.v3" : "speckitty.dossier.v1",
    ]);
  }
});
