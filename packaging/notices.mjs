import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The notices of the packages that modules come from. Whoever distributes these packages, in
 * whatever form, must distribute their licenses too.
 */
export function notices(/** @type {readonly string[]} */ modules) {
  const folders = new Set(modules.flatMap((id) => PACKAGE_FOLDER.exec(id)?.[0] ?? []));
  return [...folders].sort().map(noticeOf).join("\n");
}

const PACKAGE_FOLDER = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((candidate) => /^licen[cs]e/i.test(candidate));
  const text = file === undefined ? "" : `\n${readFileSync(join(folder, file), "utf8")}`;
  return `${name} ${version}, ${license}\n${text}`;
}
