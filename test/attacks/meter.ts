import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { missionDossier, type Run, shell, type temporaryDirectory } from "../cli/command.js";

/** A run of the command, and its peak memory in MiB. */
export type MeasuredRun = Run & { readonly peak: number };

/** Runs the command, and measures its memory. */
export type Meter = {
  readonly missionDossier: (args: readonly string[]) => Promise<MeasuredRun>;
  /** A line of shell, in which the command runs once. */
  readonly shell: (line: string, env: { readonly [name: string]: string }) => Promise<MeasuredRun>;
};

/** A run writes its own peak memory to a file when it ends. */
export function meter(files: ReturnType<typeof temporaryDirectory>): Meter {
  const script = files.write(
    "meter.mjs",
    `import { writeFileSync } from "node:fs";
    process.on("exit", () => {
      writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS));
    });`,
  );
  let runs = 0;
  const measure = async (
    start: (env: { readonly [name: string]: string }) => Promise<Run>,
  ): Promise<MeasuredRun> => {
    const file = join(files.path, `peak-${runs++}`);
    const run = await start({
      NODE_OPTIONS: `--import ${pathToFileURL(script).href}`,
      PEAK_FILE: file,
    });
    return { ...run, peak: Number(readFileSync(file, "utf8")) / 1024 };
  };
  return {
    missionDossier: (args) => measure((env) => missionDossier(args, { env })),
    shell: (line, others) => measure((env) => shell(line, { env: { ...others, ...env } })),
  };
}
