// The plugin as a program, for buf.
import { runNodeJs } from "@bufbuild/protoplugin";
import { validatorsPlugin } from "./validators-plugin.js";

runNodeJs(validatorsPlugin);
