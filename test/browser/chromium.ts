import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Raised when there is no browser, or when it ends too soon or not at all. */
export class BrowserError extends Error {
  override readonly name = "BrowserError";
}

const FLAGS = [
  "--headless",
  // What is opened is this test's own page, and in a container there may be no sandbox.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Opens a page, waits for what it leads to, and ends the browser.
 *
 * @param report What the page leads to.
 * @param seconds How long that may take.
 * @throws BrowserError when it does not come.
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
        `There is no ${command}: apt-get install chromium, or say in CHROMIUM where it is.`,
      );
    });
    const tooSoon = ended(browser).then((how) => {
      throw new BrowserError(`The browser ended too soon (${how}).${lastLines(said)}`);
    });
    const tooLate = setTimeout(seconds * 1000, undefined, { ref: false }).then(() => {
      throw new BrowserError(`There was no report in ${seconds} seconds.${lastLines(said)}`);
    });
    // Whichever comes second is not waited for.
    tooSoon.catch(() => {});
    tooLate.catch(() => {});
    return await Promise.race([report, tooSoon, tooLate]);
  } finally {
    await end(browser);
    // The processes that it has started may still be writing.
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

function lastLines(text: string): string {
  // That there is no desktop is no news.
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
  // Asked politely, it ends the processes that it has started too.
  browser.kill();
  await Promise.race([ended(browser), setTimeout(5000, undefined, { ref: false })]);
  browser.kill("SIGKILL");
  await ended(browser);
}
