import { createEcmaScriptPlugin } from "@bufbuild/protoplugin";
import { messageJsonSchema } from "./json-schema.js";
import { snakeCase } from "./names.js";
import { jsonSchemaText } from "./schema-text.js";

/**
 * Writes one self-contained JSON Schema for each top-level message, as
 * `<message_name>.schema.json`. Option `id_prefix`: what every `$id` begins with.
 */
export const jsonSchemaPlugin = createEcmaScriptPlugin({
  name: "protoc-gen-jsonschema",
  version: "v1",
  parseOptions(options) {
    let idPrefix = "";
    for (const { key, value } of options) {
      if (key !== "id_prefix") {
        throw new Error(`unknown option ${key}`);
      }
      idPrefix = value;
    }
    return { idPrefix };
  },
  generateTs(schema) {
    for (const message of schema.files.flatMap((file) => file.messages)) {
      const name = snakeCase(message.name);
      schema
        .generateFile(`${name}.schema.json`)
        .print(
          jsonSchemaText(messageJsonSchema(message, `${schema.options.idPrefix}${name}`)).trimEnd(),
        );
    }
  },
});
