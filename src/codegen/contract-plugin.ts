import { createEcmaScriptPlugin } from "@bufbuild/protoplugin";
import { printAcceptedModule } from "./accepted-module.js";
import { modulePath, withNested } from "./contract-model.js";
import { printContractModule } from "./contract-module.js";
import { findEnvelope } from "./envelope.js";
import { readEventTypes } from "./event-types.js";
import { checkFieldRules } from "./field-rules.js";
import { filesByPackage, findExtension } from "./plugin-input.js";

/**
 * Writes `contract.ts` and `accepted.ts` for each Protobuf package that has messages. Options
 * `event_type` and `empty_is_present`: the full names of the custom options that carry
 * these facts. Option `envelope`: the full name of the message that events travel in.
 */
export const contractPlugin = createEcmaScriptPlugin({
  name: "protoc-gen-contract",
  version: "v1",
  parseOptions(options) {
    const parsed: { eventType?: string; emptyIsPresent?: string; envelope?: string } = {};
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
        default:
          throw new Error(`unknown option ${key}`);
      }
    }
    return parsed;
  },
  generateTs(schema) {
    checkFieldRules(schema.files.flatMap((file) => file.messages).flatMap(withNested));
    const { eventType, emptyIsPresent, envelope } = schema.options;
    const typeOption = findExtension(schema.allFiles, eventType);
    const options = {
      eventTypes: readEventTypes(schema.files, typeOption),
      envelope: findEnvelope(schema.files, envelope, typeOption),
      emptyIsPresent: findExtension(schema.allFiles, emptyIsPresent),
    };
    for (const [packageName, files] of filesByPackage(schema.files)) {
      const f = schema.generateFile(`${modulePath(packageName)}.ts`);
      for (const file of files.slice(0, 1)) {
        f.preamble(file);
      }
      const messages = files.flatMap((file) => file.messages);
      printContractModule(f, packageName, messages, options);
      const folder = packageName.replaceAll(".", "/");
      const accepted = schema.generateFile(`${folder}/accepted.ts`);
      for (const file of files.slice(0, 1)) {
        accepted.preamble(file);
      }
      printAcceptedModule(accepted, messages, `./${modulePath(packageName)}.js`);
    }
  },
});
