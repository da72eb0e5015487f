import { readFileSync } from "node:fs";
import { getOption } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { file_speckitty_dossier_v1_event } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { added_in, changed } from "../../../gen/speckitty/dossier/v1/options_pb.js";
import { file_speckitty_dossier_v1_payloads } from "../../../gen/speckitty/dossier/v1/payloads_pb.js";
import { file_speckitty_dossier_v1_values } from "../../../gen/speckitty/dossier/v1/values_pb.js";
import { GENERATIONS } from "../../../src/index.js";

const fields = [
  file_speckitty_dossier_v1_event,
  file_speckitty_dossier_v1_values,
  file_speckitty_dossier_v1_payloads,
]
  .flatMap(({ messages }) => messages.flatMap((message) => message.fields))
  .filter((field) => getOption(field, changed).length > 0);

test("each generation that the IDL names can be chosen", () => {
  const named = fields.flatMap((field) => [
    getOption(field, added_in),
    ...getOption(field, changed).map(({ since }) => since),
  ]);
  expect(new Set(named.filter((name) => name !== ""))).toEqual(new Set(GENERATIONS.slice(1)));
});

// For people there is a table beside the generated page, which may forget nothing.
test.each(fields.map((field) => [field.toString(), field] as const))(
  "docs/generations.md has the difference of %s",
  (_name, field) => {
    const page = readFileSync(new URL("../../../docs/generations.md", import.meta.url), "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("|"));
    for (const { name, absentMeans } of getOption(field, changed)) {
      const words = [field.name, name, absentMeans].filter((word) => word !== "");
      const isIn = (row: string) => words.every((word) => row.includes(`\`${word}\``));
      expect(rows.filter(isIn), words.join(", ")).not.toEqual([]);
    }
  },
);
