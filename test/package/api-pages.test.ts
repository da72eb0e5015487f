import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import * as conformance from "../../src/conformance/index.js";
import * as library from "../../src/index.js";
import * as nats from "../../src/nats/index.js";
import * as opentelemetry from "../../src/nats/opentelemetry.js";
import * as files from "../../src/projection/files/index.js";
import * as projection from "../../src/projection/index.js";
import * as file from "../../src/stream/file.js";
import * as stream from "../../src/stream/index.js";
import { expectNothingMissing } from "../support/missing.js";

const ENTRY_POINTS = {
  index: library,
  conformance,
  stream,
  "stream/file": file,
  projection,
  "projection/files": files,
  nats,
  "nats/opentelemetry": opentelemetry,
};

// `npm run api:check` compares all of the text, and takes longer.
describe.each(Object.entries(ENTRY_POINTS))("docs/api/%s.md", (name, exported) => {
  const url = new URL(`../../docs/api/${name}.md`, import.meta.url);
  const headings = [
    ...readFileSync(fileURLToPath(url), "utf8").matchAll(/^### (?:`abstract` )?([\w\\]+)/gm),
  ].map(([, heading = ""]) => heading.replaceAll("\\", ""));

  test("has a section for everything that the entry point exports", () => {
    expectNothingMissing(
      `docs/api/${name}.md, by \`npm run api\``,
      Object.keys(exported).filter((key) => !headings.includes(key)),
    );
  });
});
