// The plugin as a program, for buf.
import { runNodeJs } from "@bufbuild/protoplugin";
import { contractPlugin } from "./contract-plugin.js";

runNodeJs(contractPlugin);
