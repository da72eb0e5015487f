// The plugin as a program, for buf.
import { runNodeJs } from "@bufbuild/protoplugin";
import { generationPlugin } from "./generation-plugin.js";

runNodeJs(generationPlugin);
