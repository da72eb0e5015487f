// The plugin as a program, for buf.
import { runNodeJs } from "@bufbuild/protoplugin";
import { contractPagePlugin } from "./contract-page-plugin.js";

runNodeJs(contractPagePlugin);
