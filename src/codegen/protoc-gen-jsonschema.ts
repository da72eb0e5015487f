// The plugin as a program, for buf.
import { runNodeJs } from "@bufbuild/protoplugin";
import { jsonSchemaPlugin } from "./json-schema-plugin.js";

runNodeJs(jsonSchemaPlugin);
