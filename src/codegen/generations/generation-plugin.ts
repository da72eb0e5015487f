import { createEcmaScriptPlugin } from "@bufbuild/protoplugin";
import { readEventTypes } from "../event-types.js";
import { findExtension, messagesIn, packagesIn } from "../plugin-input.js";
import { throwRefusals } from "../refusals.js";
import { GENERATION_OPTIONS, generationOptions } from "./generation-options.js";
import { generationRefusals } from "./generation-refusals.js";
import { pathIn, printGeneration } from "./print-generation.js";
import { printRenamings } from "./renaming-module.js";

/**
 * Writes the sources of a later generation of a contract, which all other generators then read
 * like those of the first, into `proto/`; and `renaming.ts`, with the names of both. Options:
 * `generation` is its name, `package` the package that its sources declare; `event_type`,
 * `changed`, `added_in`, `closed_since`, `closed` and `absent_means` are the full names of the
 * custom options that carry these facts.
 */
export const generationPlugin = createEcmaScriptPlugin({
  name: "protoc-gen-generation",
  version: "v1",
  parseOptions(options) {
    const given = new Map(options.map(({ key, value }) => [key, value]));
    const unknown = [...given.keys()].find((key) => !NAMES.has(key));
    if (unknown !== undefined) {
      throw new Error(`unknown option ${unknown}`);
    }
    const [name, packageName] = [given.get("generation"), given.get("package")];
    if (name === undefined || packageName === undefined) {
      throw new Error("the options generation and package are missing");
    }
    return { given, name, packageName };
  },
  generateTs(schema) {
    const { given, name, packageName } = schema.options;
    const generation = {
      name,
      packageName,
      absentMeans: findExtension(schema.allFiles, given.get("absent_means")),
      options: generationOptions(schema.allFiles, given),
      extensions: schema.allFiles.flatMap((file) => file.extensions),
    };
    const folder = packageName.replaceAll(".", "/");
    const eventTypes = readEventTypes(
      schema.files,
      findExtension(schema.allFiles, given.get("event_type")),
    );
    throwRefusals(generationRefusals(messagesIn(schema.files), eventTypes, generation));
    for (const { file, messages } of packagesIn(schema.files)) {
      const f = schema.generateFile(`${folder}/renaming.ts`);
      f.preamble(file);
      printRenamings(f, messages, eventTypes, generation);
    }
    for (const file of schema.files.filter((one) => messagesIn([one]).length > 0)) {
      schema
        .generateFile(`proto/${pathIn(file, generation)}`)
        .print(printGeneration(file, generation));
    }
  },
});

const NAMES: ReadonlySet<string> = new Set([
  ...["generation", "package", "absent_means", "event_type"],
  ...GENERATION_OPTIONS,
]);
