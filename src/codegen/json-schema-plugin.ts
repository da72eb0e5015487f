import type { DescMessage } from "@bufbuild/protobuf";
import { createEcmaScriptPlugin, type Schema } from "@bufbuild/protoplugin";
import { messageJsonSchema } from "./json-schema.js";
import { filesByPackage } from "./plugin-input.js";
import { throwRefusals } from "./refusals.js";
import { schemaNames } from "./schema-names.js";
import { schemaRefusals } from "./schema-refusals.js";
import { jsonSchemaText } from "./schema-text.js";

/**
 * Writes one self-contained JSON Schema for each top-level message, as
 * `<message_name>.schema.json`, or `<full.Name>.schema.json` for messages that would share
 * this name. Options: `id_prefix` is what every `$id` begins with;
 * `as=module` writes the schemas of each Protobuf package as `json_schemas.ts` instead.
 */
export const jsonSchemaPlugin = createEcmaScriptPlugin({
  name: "protoc-gen-jsonschema",
  version: "v1",
  parseOptions(options) {
    const parsed = { idPrefix: "", asModule: false };
    for (const { key, value } of options) {
      if (key === "id_prefix") {
        parsed.idPrefix = value;
      } else if (key === "as" && value === "module") {
        parsed.asModule = true;
      } else {
        throw new Error(`unknown option ${key}`);
      }
    }
    return parsed;
  },
  generateTs(schema) {
    throwRefusals(schemaRefusals(schema.files.flatMap((file) => file.messages)));
    if (schema.options.asModule) {
      printModules(schema, schema.options.idPrefix);
      return;
    }
    for (const [message, name] of namesOf(schema)) {
      schema
        .generateFile(`${name}.schema.json`)
        .print(
          jsonSchemaText(messageJsonSchema(message, `${schema.options.idPrefix}${name}`)).trimEnd(),
        );
    }
  },
});

/** Prints a table of schemas by the full names of their messages, for programs without files. */
function printModules(schema: Schema, idPrefix: string): void {
  const names = namesOf(schema);
  for (const [packageName, files] of filesByPackage(schema.files)) {
    const f = schema.generateFile(`${packageName.replaceAll(".", "/")}/json_schemas.ts`);
    for (const file of files.slice(0, 1)) {
      f.preamble(file);
    }
    const object = f.import("JsonObject", "@bufbuild/protobuf", true);
    f.print(f.jsDoc("The JSON Schema of each message, by its full name."));
    f.print("export const JSON_SCHEMAS: { readonly [typeName: string]: ", object, " } =");
    f.print("  /* @__PURE__ */ Object.freeze({");
    for (const message of files.flatMap((file) => file.messages)) {
      const id = `${idPrefix}${names.get(message)}`;
      const text = jsonSchemaText(messageJsonSchema(message, id)).trimEnd();
      f.print(f.string(message.typeName), ": ", text, ",");
    }
    f.print("});");
  }
}

function namesOf(schema: Schema): Map<DescMessage, string> {
  return schemaNames(schema.files.flatMap((file) => file.messages));
}
