import type { DescMessage } from "@bufbuild/protobuf";
import { createEcmaScriptPlugin, type Schema } from "@bufbuild/protoplugin";
import {
  GENERATION_OPTIONS,
  type GenerationOptions,
  generationOptions,
} from "./generations/generation-options.js";
import { messageJsonSchema } from "./json-schema.js";
import { messagesIn, packagesIn } from "./plugin-input.js";
import { throwRefusals } from "./refusals.js";
import { schemaNames } from "./schema-names.js";
import { schemaRefusals } from "./schema-refusals.js";
import { jsonSchemaText } from "./schema-text.js";

/**
 * Writes one self-contained JSON Schema for each top-level message, as
 * `<message_name>.schema.json`, or `<full.Name>.schema.json` for messages that would share
 * this name. Options: `id_prefix` is the beginning of every `$id`;
 * `changed`, `added_in`, `closed_since` and `closed` are the full names of the custom options
 * that tell generations of a contract apart;
 * `as=module` writes the schemas of each Protobuf package as `json_schemas.ts` instead.
 */
export const jsonSchemaPlugin = createEcmaScriptPlugin({
  name: "protoc-gen-jsonschema",
  version: "v1",
  parseOptions(options) {
    const parsed = { idPrefix: "", asModule: false, given: new Map<string, string>() };
    for (const { key, value } of options) {
      if (key === "id_prefix") {
        parsed.idPrefix = value;
      } else if (key === "as" && value === "module") {
        parsed.asModule = true;
      } else if (GENERATION_OPTIONS.some((name) => name === key)) {
        parsed.given.set(key, value);
      } else {
        throw new Error(`unknown option ${key}`);
      }
    }
    return parsed;
  },
  generateTs(schema) {
    throwRefusals(schemaRefusals(messagesIn(schema.files)));
    const { asModule, idPrefix, given } = schema.options;
    const generations = generationOptions(schema.allFiles, given);
    if (asModule) {
      printModules(schema, idPrefix, generations);
      return;
    }
    for (const [message, name] of namesOf(schema)) {
      const json = messageJsonSchema(message, `${idPrefix}${name}`, { generations });
      schema.generateFile(`${name}.schema.json`).print(jsonSchemaText(json).trimEnd());
    }
  },
});

/** Prints a table of schemas by the full names of their messages, for programs without files. */
function printModules(schema: Schema, idPrefix: string, generations: GenerationOptions): void {
  const names = namesOf(schema);
  for (const { name, file, messages } of packagesIn(schema.files)) {
    const f = schema.generateFile(`${name.replaceAll(".", "/")}/json_schemas.ts`);
    f.preamble(file);
    const object = f.import("JsonObject", "@bufbuild/protobuf", true);
    f.print(f.jsDoc("The JSON Schema of each message, by its full name."));
    f.print("export const JSON_SCHEMAS: { readonly [typeName: string]: ", object, " } =");
    f.print("  /* @__PURE__ */ Object.freeze({");
    for (const message of messages) {
      const id = `${idPrefix}${names.get(message)}`;
      const text = jsonSchemaText(messageJsonSchema(message, id, { generations })).trimEnd();
      f.print(f.string(message.typeName), ": ", text, ",");
    }
    f.print("});");
  }
}

function namesOf(schema: Schema): Map<DescMessage, string> {
  return schemaNames(messagesIn(schema.files));
}
