import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Raised when the browser is missing, ends too soon, or sends no report in time. */
export class BrowserError extends Error {
  override readonly name = "BrowserError";
}

const FLAGS = [
  "--headless",
  // A container may not allow a sandbox, and this test's own page does not need one.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Opens a page in a browser, waits for its report, and ends the browser.
 *
 * @param report Resolves when the page has sent its report.
 * @param seconds How long to wait for it.
 * @throws BrowserError when the browser cannot run, or sends no report in that time.
 */
export async function open<T>(url: string, report: Promise<T>, seconds: number): Promise<T> {
  const command = process.env["CHROMIUM"] ?? "chromium";
  const profile = await mkdtemp(join(tmpdir(), "mission-dossier-browser-"));
  const browser = spawn(command, [...FLAGS, `--user-data-dir=${profile}`, url], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  browser.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  try {
    await once(browser, "spawn").catch(() => {
      throw new BrowserError(
        `${command} is missing: apt-get install chromium, or set CHROMIUM to its path.`,
      );
    });
    const tooSoon = ended(browser).then((how) => {
      throw new BrowserError(`The browser ended too soon (${how}).${lastLines(said)}`);
    });
    const tooLate = setTimeout(seconds * 1000, undefined, { ref: false }).then(() => {
      throw new BrowserError(`There was no report in ${seconds} seconds.${lastLines(said)}`);
    });
    // A promise that loses the race must not fail as an unhandled rejection.
    tooSoon.catch(() => {});
    tooLate.catch(() => {});
    return await Promise.race([report, tooSoon, tooLate]);
  } finally {
    await end(browser);
    // The browser's child processes may still be writing, so removal is retried.
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

function lastLines(text: string): string {
  // Complaints about a missing desktop are expected.
  const lines = text.split("\n").filter((line) => line !== "" && !/D-?Bus/i.test(line));
  return lines
    .slice(-10)
    .map((line) => `\n  ${line}`)
    .join("");
}

async function ended(browser: ChildProcess): Promise<string> {
  if (browser.exitCode === null && browser.signalCode === null) {
    await once(browser, "exit");
  }
  return browser.signalCode ?? `exit code ${browser.exitCode}`;
}

async function end(browser: ChildProcess): Promise<void> {
  if (browser.pid === undefined) {
    return;
  }
  // On SIGTERM, unlike SIGKILL, the browser also ends its child processes.
  browser.kill();
  await Promise.race([ended(browser), setTimeout(5000, undefined, { ref: false })]);
  browser.kill("SIGKILL");
  await ended(browser);
}
