import { createEcmaScriptPlugin } from "@bufbuild/protoplugin";
import { readEventTypes } from "./event-types.js";
import { GENERATION_OPTIONS, generationOptions } from "./generations/generation-options.js";
import { findExtension, messagesIn, packagesIn } from "./plugin-input.js";
import { throwRefusals } from "./refusals.js";
import { schemaRefusals } from "./schema-refusals.js";
import { printValidators, type ValidatorPurpose } from "./validators-module.js";

/**
 * Writes the validators for each Protobuf package that has messages, by their purpose,
 * as `verdict_validators.ts` or `violations_validators.ts`. Option `event_type`: the
 * full name of the custom option that carries the event type of a payload; the options
 * `changed`, `added_in`, `closed_since` and `closed` name those that tell generations of a
 * contract apart.
 */
export const validatorsPlugin = createEcmaScriptPlugin({
  name: "protoc-gen-validators",
  version: "v1",
  parseOptions(options) {
    const parsed: {
      purpose: ValidatorPurpose;
      eventType?: string;
      given: Map<string, string>;
    } = { purpose: "verdict", given: new Map() };
    for (const { key, value } of options) {
      if (key === "event_type") {
        parsed.eventType = value;
      } else if (key === "purpose" && (value === "verdict" || value === "violations")) {
        parsed.purpose = value;
      } else if (GENERATION_OPTIONS.some((name) => name === key)) {
        parsed.given.set(key, value);
      } else {
        throw new Error(`unknown option ${key}=${value}`);
      }
    }
    return parsed;
  },
  generateTs(schema) {
    throwRefusals(schemaRefusals(messagesIn(schema.files)));
    const { purpose, given } = schema.options;
    const generations = generationOptions(schema.allFiles, given);
    const eventType = findExtension(schema.allFiles, schema.options.eventType);
    const eventTypes = readEventTypes(schema.files, eventType);
    for (const { name, file, messages } of packagesIn(schema.files)) {
      const f = schema.generateFile(`${name.replaceAll(".", "/")}/${purpose}_validators.ts`);
      f.preamble(file);
      printValidators(f, messages, purpose, eventTypes, generations);
    }
  },
});
