import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createEcmaScriptPlugin } from "@bufbuild/protoplugin";
import { contractPage } from "./contract-page.js";
import { readEventTypes } from "./event-types.js";
import { GENERATION_OPTIONS, generationOptions } from "./generations/generation-options.js";
import { findExtension, messagesIn, packagesIn } from "./plugin-input.js";
import { schemaNames } from "./schema-names.js";
import { checkFieldRules } from "./schema-refusals.js";

/**
 * Writes `contract.md`, the page of reference for a Protobuf package, or a page by the name
 * of each package if there are several. Options
 * `event_type`, `absent_means` and `must_be`: the full names of the custom options that
 * carry these facts; `changed`, `added_in` and `closed_since` name those that tell generations
 * of a contract apart. Option `examples`: the manifest of fixtures to take a valid example of
 * each payload from.
 */
export const contractPagePlugin = createEcmaScriptPlugin({
  name: "protoc-gen-contract-page",
  version: "v1",
  parseOptions(options) {
    const names: readonly string[] = [
      ...["event_type", "absent_means", "must_be", "examples"],
      ...GENERATION_OPTIONS,
    ];
    const unknown = options.find(({ key }) => !names.includes(key));
    if (unknown !== undefined) {
      throw new Error(`unknown option ${unknown.key}`);
    }
    return { given: new Map(options.map(({ key, value }) => [key, value])) };
  },
  generateTs(schema) {
    checkFieldRules(messagesIn(schema.files));
    const option = (name: string) => findExtension(schema.allFiles, schema.options.given.get(name));
    const packages = packagesIn(schema.files);
    const names = schemaNames(messagesIn(schema.files));
    for (const { name: packageName, messages } of packages) {
      const page = contractPage(packageName, messages, {
        eventTypes: readEventTypes(schema.files, option("event_type")),
        schemaNames: names,
        absentMeans: option("absent_means"),
        mustBe: option("must_be"),
        generations: generationOptions(schema.allFiles, schema.options.given),
        examples: readExamples(schema.options.given.get("examples")),
      });
      const name = packages.length === 1 ? "contract" : packageName;
      schema.generateFile(`${name}.md`).print(page);
    }
  },
});

/** The first valid payload of each event type, and the first event of the first stream. */
function readExamples(manifest: string | undefined): Map<string, string> {
  const examples = new Map<string, string>();
  // A contract may be generated before there is any fixture.
  if (manifest === undefined || !existsSync(manifest)) {
    return examples;
  }
  const { fixtures }: { fixtures: readonly Fixture[] } = JSON.parse(readFileSync(manifest, "utf8"));
  const read = ({ path }: Fixture) => readFileSync(join(dirname(manifest), path), "utf8");
  const stream = fixtures.find(({ fixture_type }) => fixture_type === "replay_stream");
  if (stream !== undefined) {
    const [first = ""] = read(stream).split("\n");
    examples.set(ENVELOPE, JSON.stringify(JSON.parse(first), null, 2));
  }
  for (const fixture of fixtures) {
    const { event_type, expected_result } = fixture;
    if (event_type !== undefined && expected_result === "valid" && !examples.has(event_type)) {
      examples.set(event_type, read(fixture));
    }
  }
  return examples;
}

/** The name of the message that holds every event. Payloads by themselves are in the fixtures. */
const ENVELOPE = "Event";

type Fixture = {
  readonly path: string;
  readonly event_type?: string;
  readonly fixture_type?: string;
  readonly expected_result?: string;
};
