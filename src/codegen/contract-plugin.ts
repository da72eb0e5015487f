import { createEcmaScriptPlugin } from "@bufbuild/protoplugin";
import { printAcceptedModule } from "./accepted-module.js";
import { modulePath } from "./contract-model.js";
import { printContractModule } from "./contract-module.js";
import { findEnvelope } from "./envelope.js";
import { readEventTypes } from "./event-types.js";
import { generationOptions } from "./generations/generation-options.js";
import { findExtension, messagesIn, packagesIn } from "./plugin-input.js";
import { checkFieldRules } from "./schema-refusals.js";

/**
 * Writes `contract.ts` and `accepted.ts` for each Protobuf package that has messages. Options
 * `event_type` and `empty_is_present`: the full names of the custom options that carry
 * these facts; `changed` and `added_in` name those that tell generations of a contract apart.
 * Option `envelope`: the full name of the message that events travel in. Option
 * `accepted=none` leaves out `accepted.ts`.
 */
export const contractPlugin = createEcmaScriptPlugin({
  name: "protoc-gen-contract",
  version: "v1",
  parseOptions(options) {
    const parsed: {
      eventType?: string;
      emptyIsPresent?: string;
      envelope?: string;
      typesOnly?: boolean;
      given: Map<string, string>;
    } = { given: new Map() };
    for (const { key, value } of options) {
      switch (key) {
        case "event_type":
          parsed.eventType = value;
          break;
        case "empty_is_present":
          parsed.emptyIsPresent = value;
          break;
        case "envelope":
          parsed.envelope = value;
          break;
        case "accepted":
          parsed.typesOnly = value === "none";
          break;
        case "changed":
        case "added_in":
          parsed.given.set(key, value);
          break;
        default:
          throw new Error(`unknown option ${key}`);
      }
    }
    return parsed;
  },
  generateTs(schema) {
    checkFieldRules(messagesIn(schema.files));
    const { eventType, emptyIsPresent, envelope, given, typesOnly } = schema.options;
    const typeOption = findExtension(schema.allFiles, eventType);
    const options = {
      eventTypes: readEventTypes(schema.files, typeOption),
      envelope: findEnvelope(schema.files, envelope, typeOption),
      emptyIsPresent: findExtension(schema.allFiles, emptyIsPresent),
      generations: generationOptions(schema.allFiles, given),
    };
    for (const { name, file, messages } of packagesIn(schema.files)) {
      const f = schema.generateFile(`${modulePath(name)}.ts`);
      f.preamble(file);
      printContractModule(f, name, messages, options);
      if (!typesOnly) {
        const accepted = schema.generateFile(`${name.replaceAll(".", "/")}/accepted.ts`);
        accepted.preamble(file);
        printAcceptedModule(accepted, messages, `./${modulePath(name)}.js`);
      }
    }
  },
});
