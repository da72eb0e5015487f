import { readFileSync } from "node:fs";
import type { DescMessage } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  DOSSIER_EVENT_TYPES,
  DRIFT_KINDS,
  PAYLOAD_SCHEMAS,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { file_speckitty_dossier_v1_values } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { validateEvent } from "../../src/conformance/validate-event.js";

const page = readFileSync(new URL("../../docs/contract.md", import.meta.url), "utf8");

/** The part of the page under a heading. */
function section(heading: string): string {
  const parts = page.split(/^#{2,3} /m).filter((part) => part.startsWith(`${heading}\n`));
  expect(parts, heading).toHaveLength(1);
  return parts[0] ?? "";
}

/** The cells of the row of a table that begins with a code word. */
function row(text: string, name: string): string[] {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`| \`${name}\` |`));
  expect(line, name).toBeDefined();
  return (line ?? "")
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
}

const messages: readonly DescMessage[] = [
  ...file_speckitty_dossier_v1_values.messages,
  ...Object.values(PAYLOAD_SCHEMAS),
  EventSchema,
  MissionDossierStateSchema,
  ...MissionDossierStateSchema.nestedMessages,
];

describe("the page of reference", () => {
  test.each(
    messages.map((desc) => [desc.typeName.replace("speckitty.dossier.v1.", ""), desc] as const),
  )("has every field of %s, with a meaning", (name, desc) => {
    for (const field of desc.fields) {
      const [, type, , , meaning] = row(section(name), field.jsonName);
      expect(type).not.toBe("");
      expect(meaning).toMatch(/\.$/);
    }
  });

  test("has every event type, with its payload, its schema and its constant", () => {
    for (const eventType of DOSSIER_EVENT_TYPES) {
      const [, payload, schema, constant] = row(section("Event types"), eventType);
      expect(payload).toBe(`[${eventType}Payload](#${eventType.toLowerCase()}payload)`);
      expect(schema).toMatch(/^`mission_dossier_\w+_payload\.schema\.json`$/);
      expect(constant).toMatch(/^`MISSION_DOSSIER_[A-Z_]+`$/);
    }
  });

  test("has the literals and the rules", () => {
    const literals = DRIFT_KINDS.map((kind) => `\`${kind}\``).join(", ");
    expect(row(section("Literals"), "drift_kind")[1]).toBe(literals);
    const drift = section("MissionDossierParityDriftDetectedPayload");
    expect(row(drift, "drift_kind").slice(1, 4)).toEqual(["string", "yes", `one of ${literals}`]);
    expect(row(drift, "expected_hash").slice(1, 4)).toEqual([
      "string",
      "yes",
      "1 or more characters",
    ]);
    expect(row(drift, "artifact_ids_changed")[1]).toBe(
      "list of [ArtifactIdentity](#artifactidentity)",
    );
    expect(row(drift, "context_diagnostics")[1]).toBe("map from string to string");
    expect(row(section("Event"), "data_tier")[3]).toBe("at least 0; at most 4");
    expect(row(section("Event"), "schema_version")[3]).toMatch(/; absent means `1\.0\.0`$/);
    expect(row(section("Event"), "event_id")[3]).toMatch(/^a ULID of 26 characters/);
  });

  test.each([...DOSSIER_EVENT_TYPES, "Event" as const])(
    "has an example of %s that conforms",
    (type) => {
      const text = section(type === "Event" ? type : `${type}Payload`);
      const [, example] = /```json\n([\s\S]*?)```/.exec(text) ?? [];
      if (example === undefined) {
        throw new Error(`${type}: add a valid case to fixtures/, and run \`npm run generate\``);
      }
      expect(validateEvent(JSON.parse(example), type).valid).toBe(true);
    },
  );
});
