// `npm run audit`: asks the registry for known vulnerabilities, of any severity in what is
// installed with the package, of high ones in what it is developed with. A registry need not
// offer that: then one line says so, and the command succeeds. Whatever else keeps npm from
// answering is a failure.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** From the least to the worst, as npm names them. */
const SEVERITIES = ["info", "low", "moderate", "high", "critical"];

/** How a registry says that it knows no such request: not found, not allowed, gone, not implemented. */
const NOT_OFFERED = [404, 405, 410, 501];

/**
 * @typedef {{ title: string, url: string, range: string }} Advisory
 * @typedef {{ name: string, severity: string, via: (string | Advisory)[] }} Finding
 * @typedef {{
 *   vulnerabilities?: { [name: string]: Finding },
 *   statusCode?: number,
 *   message?: string,
 *   error?: { summary?: string },
 * }} Answer
 */

/** The answer of npm. Its exit code is the same whether it found something or could not ask. */
function ask(/** @type {string[]} */ ...options) {
  // Told to be offline, npm would find nothing without having asked.
  const args = ["audit", "--json", "--offline=false", ...options];
  const { stdout, stderr, error } = spawnSync("npm", args, { cwd: root, encoding: "utf8" });
  try {
    return /** @type {Answer} */ (JSON.parse(stdout));
  } catch {
    throw new Error(`npm audit gave no JSON: ${error ?? stderr}`);
  }
}

/** One line for a package that something is known about. */
function describe(/** @type {Finding} */ { name, severity, via }) {
  const reasons = via.map((cause) =>
    typeof cause === "string"
      ? `by way of ${cause}`
      : `${cause.range}: ${cause.title} ${cause.url}`,
  );
  return `${name} (${severity}), ${reasons.join("; ")}`;
}

/**
 * Gives whether the registry could be asked.
 *
 * @param {string} what What is asked about.
 * @param {string} level The least severity that is a failure.
 * @param {string[]} options How npm is to be asked.
 */
function audit(what, level, ...options) {
  const answer = ask(`--audit-level=${level}`, ...options);
  const { vulnerabilities, statusCode = 0, message, error } = answer;
  if (vulnerabilities === undefined) {
    if (NOT_OFFERED.includes(statusCode)) {
      console.log(`The registry could not be asked: it offers no audit (${statusCode}).`);
      return false;
    }
    console.error(`npm audit failed: ${message ?? error?.summary ?? "it gave no reason"}`);
    process.exitCode = 1;
    return false;
  }
  const harmless = SEVERITIES.slice(0, SEVERITIES.indexOf(level));
  const found = Object.values(vulnerabilities).filter(
    ({ severity }) => !harmless.includes(severity),
  );
  if (found.length === 0) {
    console.log(`${what}: nothing is known of severity ${level} or above.`);
  } else {
    console.error([`${what}: ${found.length} to look at`, ...found.map(describe)].join("\n  "));
    process.exitCode = 1;
  }
  return true;
}

if (audit("runtime dependencies", "low", "--omit=dev")) {
  audit("all dependencies", "high", "--include=dev");
}
