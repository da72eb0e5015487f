import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "./finding.js";

/** A case that failed once, and must not fail again. */
export type KeptCase = {
  readonly target: string;
  readonly name: string;
  readonly given: unknown;
};

/** Writes the case of a finding. The same case has the same file. */
export function keep(folder: string, { target, signature, given }: Finding): string {
  const text = `${JSON.stringify(given, null, 2)}\n`;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const words = signature
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .toLowerCase();
  const file = join(folder, target, `${words}-${hash}.json`);
  mkdirSync(join(folder, target), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** The cases that have been kept, of every target. */
export function keptCases(folder: string): KeptCase[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: target }) =>
      readdirSync(join(folder, target))
        .filter((file) => file.endsWith(".json"))
        .map((file) => ({
          target,
          name: file.slice(0, -".json".length),
          given: JSON.parse(readFileSync(join(folder, target, file), "utf8")),
        })),
    );
}
