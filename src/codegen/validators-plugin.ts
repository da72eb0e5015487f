import { createEcmaScriptPlugin } from "@bufbuild/protoplugin";
import { readEventTypes } from "./event-types.js";
import { filesByPackage, findExtension } from "./plugin-input.js";
import { throwRefusals } from "./refusals.js";
import { schemaRefusals } from "./schema-refusals.js";
import { printValidators, type ValidatorPurpose } from "./validators-module.js";

/**
 * Writes the validators for each Protobuf package that has messages, by their purpose,
 * as `verdict_validators.ts` or `violations_validators.ts`. Option `event_type`: the
 * full name of the custom option that carries the event type of a payload.
 */
export const validatorsPlugin = createEcmaScriptPlugin({
  name: "protoc-gen-validators",
  version: "v1",
  parseOptions(options) {
    const parsed: { purpose: ValidatorPurpose; eventType?: string } = { purpose: "verdict" };
    for (const { key, value } of options) {
      if (key === "event_type") {
        parsed.eventType = value;
      } else if (key === "purpose" && (value === "verdict" || value === "violations")) {
        parsed.purpose = value;
      } else {
        throw new Error(`unknown option ${key}=${value}`);
      }
    }
    return parsed;
  },
  generateTs(schema) {
    throwRefusals(schemaRefusals(schema.files.flatMap((file) => file.messages)));
    const { purpose } = schema.options;
    const eventType = findExtension(schema.allFiles, schema.options.eventType);
    const eventTypes = readEventTypes(schema.files, eventType);
    for (const [packageName, files] of filesByPackage(schema.files)) {
      const f = schema.generateFile(`${packageName.replaceAll(".", "/")}/${purpose}_validators.ts`);
      for (const file of files.slice(0, 1)) {
        f.preamble(file);
      }
      const messages = files.flatMap((file) => file.messages);
      printValidators(f, messages, purpose, eventTypes);
    }
  },
});
