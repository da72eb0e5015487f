import { isDeepStrictEqual } from "node:util";
import { type DescField, type DescMessage, getOption, ScalarType } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  ACTOR_KINDS,
  ALGORITHMS,
  ARTIFACT_CLASSES,
  DRIFT_KINDS,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { added_in } from "../../gen/speckitty/dossier/v1/options_pb.js";
import { fieldRules } from "../../src/codegen/field-rules.js";
import {
  FIXTURE_CATEGORIES,
  type FixtureCase,
  loadFixtures,
} from "../../src/conformance/fixtures.js";
import { generationOfFixture } from "../../src/conformance/manifest.js";
import { JUDGED_TYPES, judgedMessage } from "../../src/conformance/validate-event.js";
import { FIRST_GENERATION } from "../../src/event/generation/generation.js";
import { isJsonObject } from "../../src/event/json/json-object.js";
import { readModel } from "../../src/event/model/read-model.js";
import { expectNothingMissing } from "../support/missing.js";

// An implementation in another language that forgets one rule of one field must
// fail on a fixture. So each rule of the IDL needs two cases: an invalid one that
// breaks this rule only, and a valid one at its boundary.

// The rules of later generations are generated from those of the first.
const cases = FIXTURE_CATEGORIES.flatMap((category) => loadFixtures(category)).filter(
  (fixture) => generationOfFixture(fixture) === FIRST_GENERATION,
);
const fields = allFields(JUDGED_TYPES.map(judgedMessage));

/** Stands for an absent field. */
const ABSENT = Symbol("absent");
/** Stands for any value but null. */
const SET = Symbol("set");
/** Where a case is added. */
const FIXTURES = "fixtures/boundary and fixtures/manifest.json";

const accepted = new Map<string, unknown[]>();
for (const { expectedValid, eventType, payload } of cases) {
  if (expectedValid) {
    collect(judgedMessage(eventType), payload);
  }
}

const broken = new Set<string>();
const brokenTypes = new Set<string>();
for (const fixture of cases) {
  const [violation, ...more] = violationsOf(fixture);
  const field = violation && fieldAt(judgedMessage(fixture.eventType), violation.field);
  if (field !== undefined && more.length === 0) {
    broken.add(`${nameOf(field)} ${violation?.violationType}`);
    if (violation?.violationType === "type") {
      brokenTypes.add(`${typeOf(field)}${violation.field.endsWith("]") ? " item" : ""}`);
    }
  }
}

test.each(fields.map((field) => [nameOf(field), field] as const))(
  "%s has a case that breaks each of its rules alone, and one at each boundary",
  (_name, field) => {
    const missing = [
      ...ruleIdsOf(field)
        .filter((id) => !broken.has(`${nameOf(field)} ${id}`))
        .map(
          (id) =>
            `an invalid case that breaks the rule ${id} of ${nameOf(field)}, and nothing else`,
        ),
      ...boundariesOf(field)
        .filter((value) => !isAccepted(field, value))
        .map((value) => `a valid case in which ${nameOf(field)} is ${describeBoundary(value)}`),
    ];
    expectNothingMissing(FIXTURES, missing);
  },
);

// An implementation that reads a field under a wrong name ignores it as unknown.
test("each field has a case that is invalid because of it alone", () => {
  const names = [...broken].map((key) => key.split(" ")[0]);
  expectNothingMissing(
    FIXTURES,
    fields
      .map(nameOf)
      .filter((name) => !names.includes(name))
      .map((name) => `a case that is invalid because of ${name}, and of nothing else`),
  );
});

// The page of reference shows it as the example.
test("each event type has a valid case", () => {
  const types = cases.flatMap(({ expectedValid, eventType }) => (expectedValid ? eventType : []));
  expectNothingMissing(
    FIXTURES,
    JUDGED_TYPES.filter((type) => !types.includes(type)).map((type) => `a valid case of ${type}`),
  );
});

test.each([
  ["artifact-class", "artifact_id.artifact_class", ARTIFACT_CLASSES],
  ["content-algorithm", "content_ref.algorithm", ALGORITHMS],
  ["snapshot-algorithm", "algorithm", ALGORITHMS],
  ["actor-kind", "provenance.actor_kind", ACTOR_KINDS],
  ["drift-kind", "drift_kind", DRIFT_KINDS],
])("each literal has a case boundary-%s-… of its own", (name, path, literals) => {
  const missing = literals.flatMap((literal) => {
    const id = `boundary-${name}-${literal.replaceAll("_", "-")}`;
    const fixture = cases.find((fixture) => fixture.id === id);
    if (fixture !== undefined) {
      expect(fixture.expectedValid, id).toBe(true);
      expect(fixture.payload, id).toHaveProperty(path, literal);
    }
    return fixture === undefined ? [`a valid case ${id} in which ${path} is "${literal}"`] : [];
  });
  expectNothingMissing(FIXTURES, missing);
});

test("each type of field, list item and map value is wrong in a case of its own", () => {
  const types = fields.flatMap((field) =>
    field.fieldKind === "list" || field.fieldKind === "map"
      ? [typeOf(field), `${typeOf(field)} item`]
      : [typeOf(field)],
  );
  expectNothingMissing(
    FIXTURES,
    [...new Set(types)]
      .filter((type) => !brokenTypes.has(type))
      .map((type) => `an invalid case with a value of a wrong type for ${type}, and nothing else`),
  );
});

test("valid cases have unknown fields in top-level and in nested messages", () => {
  const top = new Set<string>();
  const nested = new Set<string>();
  for (const { expectedValid, eventType, payload } of cases) {
    if (expectedValid) {
      const desc = judgedMessage(eventType);
      for (const [message, path] of unknownFields(desc, payload)) {
        (path === "" ? top : nested).add(message);
      }
    }
  }
  expect(top.size).toBeGreaterThan(2);
  expect([...nested].sort()).toEqual([
    "ArtifactIdentity",
    "ContentHashRef",
    "LocalNamespaceTuple",
    "ProvenanceRef",
  ]);
});

/** The ids that violations of a field's rules have. */
function ruleIdsOf(field: DescField): string[] {
  const { required, string, integer } = fieldRules(field);
  const limits = Object.entries(integer).flatMap(([name, limit]) =>
    limit === undefined ? [] : name,
  );
  return [
    ...(required ? ["required"] : []),
    ...(string.minLen !== undefined ? ["string.min_len"] : []),
    ...(string.in !== undefined ? ["string.in"] : []),
    ...(string.pattern !== undefined ? ["string.pattern"] : []),
    // Empty text breaks a separate rule.
    ...(string.uuid ? ["string.uuid", "string.uuid_empty"] : []),
    // Two limits together are one rule.
    ...(limits.length > 0 ? [`${typeOf(field)}.${limits.sort().join("_")}`] : []),
  ];
}

/** The valid values of a field that a wrong implementation is most likely to reject. */
function boundariesOf(field: DescField): unknown[] {
  const { required, string, integer } = fieldRules(field);
  const { minLen, in: literals, pattern, uuid } = string;
  const isFree = (minLen ?? literals ?? pattern ?? uuid) === undefined;
  const limits = [integer.gte, integer.lte].flatMap((limit) =>
    limit === undefined ? [] : Number(limit),
  );
  return [
    ...(required ? [] : [ABSENT, null, SET]),
    ...(field.fieldKind === "list" ? [[]] : []),
    ...(field.fieldKind === "map" ? [{}] : []),
    ...(field.fieldKind === "scalar" && field.scalar === ScalarType.STRING && isFree ? [""] : []),
    ...(minLen !== undefined ? [{ codePoints: minLen }] : []),
    ...(field.scalar === ScalarType.INT64 ? [...limits, ...limits.map(String)] : limits),
    ...(literals ?? []),
  ];
}

function describeBoundary(boundary: unknown): string {
  if (isJsonObject(boundary) && "codePoints" in boundary) {
    return `${boundary["codePoints"]} code points long`;
  }
  return typeof boundary === "symbol" ? String(boundary.description) : JSON.stringify(boundary);
}

function isAccepted(field: DescField, boundary: unknown): boolean {
  const values = accepted.get(nameOf(field)) ?? [];
  return values.some((value) => {
    if (boundary === SET) {
      return value !== ABSENT && value !== null;
    }
    if (isJsonObject(boundary) && "codePoints" in boundary) {
      return typeof value === "string" && [...value].length === boundary["codePoints"];
    }
    return isDeepStrictEqual(value, boundary);
  });
}

function allFields(roots: readonly DescMessage[]): DescField[] {
  const messages = new Set(roots);
  for (const message of messages) {
    for (const field of message.fields) {
      if (
        field.message !== undefined &&
        field.message.file.proto.package === message.file.proto.package
      ) {
        messages.add(field.message);
      }
    }
  }
  return [...messages]
    .flatMap((message) => message.fields)
    .filter((field) => getOption(field, added_in) === "");
}

function violationsOf({ eventType, payload }: FixtureCase) {
  const result = readModel(judgedMessage(eventType), payload, { isExact: true });
  return result.kind === "valid" ? [] : result.violations;
}

function nameOf(field: DescField): string {
  return `${field.parent.name}.${field.name}`;
}

function typeOf(field: DescField): string {
  if (field.message?.typeName === "google.protobuf.Struct") {
    return "struct";
  }
  return field.fieldKind === "scalar" ? ScalarType[field.scalar].toLowerCase() : field.fieldKind;
}

/** The field at a dotted path, whose indexes of lists and keys of maps are ignored. */
function fieldAt(desc: DescMessage, path: string): DescField | undefined {
  let message: DescMessage | undefined = desc;
  let found: DescField | undefined;
  for (const step of path.split(/[.[]/)) {
    const field: DescField | undefined = message?.fields.find(({ name }) => name === step);
    if (field !== undefined) {
      found = field;
      message = field.message;
    }
  }
  return found;
}

/** Adds the value of each field of a valid payload, at any depth, to `accepted`. */
function collect(desc: DescMessage, json: unknown): void {
  for (const [field, value] of fieldValues(desc, json)) {
    accepted.set(nameOf(field), [...(accepted.get(nameOf(field)) ?? []), value]);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (field.message !== undefined && isJsonObject(item)) {
        collect(field.message, item);
      }
    }
  }
}

function fieldValues(desc: DescMessage, json: unknown): [DescField, unknown][] {
  const object = isJsonObject(json) ? json : {};
  return desc.fields.map((field) => [
    field,
    Object.hasOwn(object, field.jsonName) ? object[field.jsonName] : ABSENT,
  ]);
}

function* unknownFields(
  desc: DescMessage,
  json: unknown,
  path = "",
): Iterable<readonly [message: string, path: string]> {
  if (!isJsonObject(json) || desc.file.proto.package === "google.protobuf") {
    return;
  }
  for (const key of Object.keys(json)) {
    if (!desc.fields.some(({ jsonName }) => jsonName === key)) {
      yield [desc.name, path];
    }
  }
  for (const [field, value] of fieldValues(desc, json)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (field.message !== undefined) {
        yield* unknownFields(field.message, item, `${path}/${field.name}`);
      }
    }
  }
}

test.each([
  ["letters beyond ASCII", /[^\0-\x7f]/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for them.
  ["control characters", /[\0-\x1f\x7f]/],
])("each free-text field has a valid case with %s", (what, pattern) => {
  const isShown = (field: DescField): boolean =>
    (accepted.get(nameOf(field)) ?? [])
      .flat()
      .some((value) => typeof value === "string" && pattern.test(value));
  const free = fields.filter((field) => {
    const { in: literals, pattern: rule, uuid } = fieldRules(field).string;
    const isText = field.scalar === ScalarType.STRING && field.fieldKind !== "map";
    return isText && literals === undefined && rule === undefined && uuid !== true;
  });
  expect(free.length).toBeGreaterThan(30);
  expectNothingMissing(
    FIXTURES,
    free
      .filter((field) => !isShown(field))
      .map((field) => `a valid case with ${what} in ${nameOf(field)}`),
  );
});
