import { createEcmaScriptPlugin, runNodeJs } from "@bufbuild/protoplugin";
import { printAcceptedModule } from "./accepted-module.js";
import { modulePath, printContractModule } from "./contract-module.js";
import { filesByPackage, findExtension } from "./plugin-input.js";

// Writes `contract.ts` and `accepted.ts` for each Protobuf package that has messages. Options
// `event_type` and `empty_is_present`: the full names of the custom options
// with these facts.
runNodeJs(
  createEcmaScriptPlugin({
    name: "protoc-gen-contract",
    version: "v1",
    parseOptions(options) {
      const parsed: { eventType?: string; emptyIsPresent?: string } = {};
      for (const { key, value } of options) {
        switch (key) {
          case "event_type":
            parsed.eventType = value;
            break;
          case "empty_is_present":
            parsed.emptyIsPresent = value;
            break;
          default:
            throw new Error(`unknown option ${key}`);
        }
      }
      return parsed;
    },
    generateTs(schema) {
      const { eventType, emptyIsPresent } = schema.options;
      for (const [packageName, files] of filesByPackage(schema.files)) {
        const f = schema.generateFile(`${modulePath(packageName)}.ts`);
        for (const file of files.slice(0, 1)) {
          f.preamble(file);
        }
        const messages = files.flatMap((file) => file.messages);
        printContractModule(f, packageName, messages, {
          eventType: findExtension(schema.allFiles, eventType),
          emptyIsPresent: findExtension(schema.allFiles, emptyIsPresent),
        });
        const accepted = schema.generateFile(
          `${modulePath(packageName).replace(/contract$/, "accepted")}.ts`,
        );
        for (const file of files.slice(0, 1)) {
          accepted.preamble(file);
        }
        printAcceptedModule(accepted, messages, `./${modulePath(packageName)}.js`);
      }
    },
  }),
);
