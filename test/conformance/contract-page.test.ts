import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import {
  FIXTURE_CATEGORIES,
  isJudgedType,
  type JudgedType,
  loadFixtures,
  validateEvent,
} from "../../src/conformance/index.js";
import { DOSSIER_EVENT_TYPES, PAYLOAD_SCHEMAS } from "../../src/index.js";
import { expectNothingMissing } from "../support/missing.js";

const page = readFileSync(
  fileURLToPath(new URL("../../docs/contract.md", import.meta.url)),
  "utf8",
);

type Example = { readonly type: JudgedType; readonly json: unknown };

/** The examples of the page, with the event type of the section that each is in. */
const examples: readonly Example[] = page.split(/^### /m).flatMap((section) => {
  const [, text] = /^```json\n([\s\S]*?)^```$/m.exec(section) ?? [];
  const type = /^The payload of `(\w+)`\.$/m.exec(section)?.[1] ?? section.split("\n")[0];
  return text !== undefined && isJudgedType(type) ? [{ type, json: JSON.parse(text) }] : [];
});

const envelope: Readonly<Record<string, unknown>> = Object(
  examples.find(({ type }) => type === "Event")?.json,
);

describe("the examples of docs/contract.md", () => {
  test("are one of each event type, and one of an envelope", () => {
    const types = examples.map(({ type }) => type);
    expectNothingMissing(
      "docs/contract.md, by a valid case in fixtures/ and `npm run generate`",
      DOSSIER_EVENT_TYPES.filter((type) => !types.includes(type)).map(
        (type) => `an example of ${type}`,
      ),
    );
    expect(types).toEqual([...DOSSIER_EVENT_TYPES, "Event"]);
    expect(page.match(/^```json$/gm)).toHaveLength(examples.length);
  });

  test.each(examples)("$type is valid as it stands", ({ type, json }) => {
    expect(validateEvent(json, type, { strict: true })).toMatchObject({ valid: true });
  });

  test("the envelope has a payload that is valid too", () => {
    const { event_type: type, payload } = envelope;
    expect(isJudgedType(type) && validateEvent(payload, type, { strict: true }).valid).toBe(true);
  });
});

describe("the fields that accept any text", () => {
  const [, section = ""] = /^## Any text\n([\s\S]*?)^## /m.exec(page) ?? [];
  const rows = new Map(
    [...section.matchAll(/^\| \[(\w+)\].*?\) \| (.*) \|$/gm)].map(
      ([, message = "", fields = ""]) => [
        message,
        fields.split(", ").map((field) => field.replaceAll("`", "")),
      ],
    ),
  );

  const valid = FIXTURE_CATEGORIES.flatMap((category) => loadFixtures(category)).filter(
    ({ expectedValid }) => expectedValid,
  );

  test.each(DOSSIER_EVENT_TYPES)("of %s do", (type) => {
    const payload = valid.find(({ eventType }) => eventType === type)?.payload;
    expectNothingMissing("fixtures/", payload === undefined ? [`a valid case of ${type}`] : []);
    const { name, fields } = PAYLOAD_SCHEMAS[type];
    for (const { jsonName } of fields.filter(({ fieldKind }) => fieldKind === "scalar")) {
      const changed = { ...(payload as object), [jsonName]: "yesterday" };
      expect([jsonName, validateEvent(changed, type).valid]).toEqual([
        jsonName,
        rows.get(name)?.includes(jsonName) ?? false,
      ]);
    }
  });

  test("of the envelope do", () => {
    for (const { jsonName } of EventSchema.fields.filter(
      ({ fieldKind }) => fieldKind === "scalar",
    )) {
      const { valid } = validateEvent({ ...envelope, [jsonName]: "yesterday" }, "Event");
      expect([jsonName, valid]).toEqual([jsonName, rows.get("Event")?.includes(jsonName)]);
    }
  });
});
