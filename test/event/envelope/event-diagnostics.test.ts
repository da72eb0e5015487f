import { describe, expect, test } from "vitest";
import { PAYLOAD_SCHEMAS } from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import {
  CONFLICT,
  clockBackwards,
  diagnosticOf,
  type Finding,
  findingsIn,
  inPayload,
  projectMismatch,
  skippedPayload,
} from "../../../src/event/envelope/event-diagnostics.js";
import { readValidEvent } from "../../../src/event/envelope/read-event.js";
import { envelope, indexed, namespace } from "../../support/examples.js";

const INDEXED = "MissionDossierArtifactIndexed";
const uuid = namespace.project_uuid;

function found(json: object): readonly Finding[] | undefined {
  const event = readValidEvent(json);
  return event.kind === "other" ? undefined : findingsIn(event);
}

function namesOf({ fields }: { readonly fields: readonly { readonly jsonName: string }[] }) {
  return fields.map(({ jsonName }) => jsonName);
}

describe("findings in an event", () => {
  test("are empty for a correct event", () => {
    expect(found({ ...envelope, payload: indexed })).toEqual([]);
  });

  test("cover the envelope, the payload and the project at once", () => {
    const other = { ...namespace, project_uuid: "orchard-api" };
    const payload = { ...indexed, namespace: other, "no name": null, colour: "red" };
    expect(found({ ...envelope, trace: ["t"], payload })).toEqual([
      {
        code: "unknown_field",
        field: "trace",
        expected: namesOf(EventSchema),
        got: ["t"],
        message: "the contract has no such field",
      },
      {
        code: "unknown_field",
        field: 'payload["no name"]',
        expected: namesOf(PAYLOAD_SCHEMAS[INDEXED]),
        got: null,
        message: "the contract has no such field",
      },
      {
        code: "unknown_field",
        field: "payload.colour",
        expected: namesOf(PAYLOAD_SCHEMAS[INDEXED]),
        got: "red",
        message: "the contract has no such field",
      },
      {
        code: "project_mismatch",
        field: "project_uuid",
        expected: "orchard-api",
        got: uuid,
        message: "its project_uuid is not that of its namespace",
      },
    ]);
  });

  test("have only the first broken rule of a skipped payload, before its unknown fields", () => {
    const payload = { ...indexed, indexed_at: null, artifact_id: null, colour: "red" };
    expect(found({ ...envelope, payload })).toEqual([
      {
        code: "skipped_payload",
        field: "payload.artifact_id",
        expected: "value is required",
        got: null,
        message: `the contract rejects its payload as a ${INDEXED}`,
      },
      expect.objectContaining({ code: "unknown_field", field: "payload.colour", got: "red" }),
    ]);
  });

  test.each<[string, object, string[]]>([
    ["unknown fields of the envelope", { trace: 1 }, ["unknown_field"]],
    ["unknown fields of the payload", { payload: { ...indexed, a: 1 } }, ["unknown_field"]],
    [
      "another project",
      { project_uuid: "00000000-634e-427c-abd3-3e5d17997d4e" },
      ["project_mismatch"],
    ],
    ["a rejected payload", { payload: {} }, ["skipped_payload"]],
    [
      "a rejected payload of another project",
      { payload: { namespace: { ...namespace, project_uuid: "a" } } },
      ["skipped_payload", "project_mismatch"],
    ],
  ])("may be nothing but %s", (_what, fields, codes) => {
    const json = { ...envelope, payload: indexed, ...fields };
    expect(found(json)?.map(({ code }) => code)).toEqual(codes);
  });
});

describe("the project of an envelope", () => {
  test.each<[string, unknown, unknown]>([
    ["the same", uuid, uuid],
    ["the same in upper case", uuid.toUpperCase(), uuid],
    ["the same without hyphens", uuid, uuid.replaceAll("-", "")],
    ["that of no namespace", uuid, undefined],
    ["that of a namespace without a project", uuid, 7],
    ["not text, which is a violation by itself", { toString: 1, valueOf: 1 }, uuid],
  ])("is fine if it is %s", (_what, project_uuid, expected) => {
    const payload = { namespace: { project_uuid: expected } };
    expect(projectMismatch({ project_uuid }, payload)).toBeUndefined();
  });

  test.each([[{}], [{ namespace: null }], [{ namespace: "text" }], [{ namespace: [uuid] }]])(
    "is fine with the payload %j",
    (payload) => {
      expect(projectMismatch({ project_uuid: uuid }, payload)).toBeUndefined();
    },
  );

  test.each(["", "orchard-api", `${uuid} `, uuid.replace("a", "b")])(
    "differs from that of the namespace %j",
    (expected) => {
      const payload = { namespace: { project_uuid: expected } };
      expect(projectMismatch({ project_uuid: uuid }, payload)).toMatchObject({
        code: "project_mismatch",
        expected,
        got: uuid,
      });
    },
  );
});

test.each([
  ["", "payload"],
  ["a", "payload.a"],
  ["a.b[0]", "payload.a.b[0]"],
  ['["no name"].a', 'payload["no name"].a'],
])("the field %j of a payload is %j in the envelope", (field, expected) => {
  expect(inPayload(field)).toBe(expected);
});

test("a payload that is skipped as a whole has the path of the payload", () => {
  const violation = { field: "", path: [], message: "m", violationType: "type", inputValue: 5 };
  expect(
    skippedPayload({ eventType: INDEXED, violations: [violation], knownDefect: undefined }),
  ).toMatchObject({
    field: "payload",
    expected: "m",
    got: 5,
  });
  expect(
    skippedPayload({ eventType: INDEXED, violations: [], knownDefect: undefined }),
  ).toMatchObject({
    field: "payload",
    expected: undefined,
  });
});

test("a conflict and a clock that goes backwards have a field and a message", () => {
  expect(CONFLICT).toEqual({
    code: "conflicting_event",
    field: "event_id",
    expected: "the content that the id came with before",
    got: undefined,
    message: "its id came with more than one content",
  });
  expect(clockBackwards(5, 4n)).toEqual({
    code: "clock_backwards",
    field: "lamport_clock",
    expected: 5,
    got: 4,
    message: "the Lamport clock of its node was higher before",
  });
});

test("a clock beyond the exact numbers is a string of digits, as in JSON", () => {
  expect(clockBackwards(2n ** 53n, 3)).toMatchObject({ expected: "9007199254740992", got: 3 });
});

test("a diagnostic has the canonical id of its event, and is frozen", () => {
  const diagnostic = diagnosticOf(CONFLICT, uuid.toUpperCase(), 3);
  expect(diagnostic).toEqual({ ...CONFLICT, eventId: uuid, position: 3 });
  expect(Object.isFrozen(diagnostic)).toBe(true);
});
