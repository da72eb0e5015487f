import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { lines, missionDossier, type Running, startMissionDossier } from "../cli/command.js";
import { eventOf } from "../projection/files/world.js";
import { freePort } from "../serve/world.js";
import { axeViolations } from "./axe.js";
import { openUrl, useBrowser, workFolder, write } from "./browser.js";
import { driftScenario, happyPath, hostileStream, HOSTILE_NAMES } from "./streams.js";

useBrowser();

const running: Running[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.interrupt();
    await each.ended;
  }
});

function start(...args: readonly string[]): Running {
  const run = startMissionDossier(args);
  running.push(run);
  return run;
}

let count = 0;

/** A log that is projected as it grows. */
function projectedLog(text: string): { readonly log: string; readonly states: string } {
  const name = `live-${count++}`;
  const states = join(workFolder(), name);
  const log = write(`${name}.jsonl`, text);
  start("project", log, "-s", states, "--follow");
  return { log, states };
}

async function serve(
  states: string,
  port: number,
  ...options: readonly string[]
): Promise<Running> {
  // The folder of states may not be there yet.
  await expect
    .poll(async () => (await missionDossier(["dead-letters", "-s", states])).code, POLL)
    .toBe(0);
  const run = start("serve", "-s", states, "--port", String(port), ...options);
  await run.printed("serving");
  return run;
}

const POLL = { timeout: 30_000 };

/** Serves the missions of a log, and opens the overview. */
async function opened(text: string, options?: BrowserContextOptions) {
  const { log, states } = projectedLog(text);
  const port = await freePort();
  const server = await serve(states, port);
  const url = `http://127.0.0.1:${port}`;
  const { page, complaints } = await openUrl(`${url}/`, [url], options);
  return { log, states, port, server, page, complaints, url };
}

/** A headless browser takes each of its pages for visible. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, "hidden", {
    configurable: true, get: () => ${isHidden} });
    document.dispatchEvent(new Event("visibilitychange"));`);
}

const BOTH = lines(...happyPath, ...driftScenario);
const missionsIn = (page: Page): Promise<string[]> =>
  page.locator("#missions tbody a").allTextContents();

describe("the live overview", () => {
  test.each(["light", "dark"] as const)(
    "breaks no rule of WCAG 2.2 AA when it is %s",
    async (colorScheme) => {
      const { page, server, complaints } = await opened(BOTH, { colorScheme });
      await expect.poll(() => missionsIn(page), POLL).toEqual(["021-audit-log", "014-rate-limits"]);
      expect(await axeViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      server.interrupt();
      await page.waitForSelector(".live.stale");
      expect(await axeViolations(page)).toEqual([]);
    },
  );

  test("changes as events arrive, where one has scrolled to", async () => {
    const events = Array.from({ length: 300 }, (_, index) =>
      eventOf(`mission-${index}`, "spec.md"),
    );
    const { log, page, complaints } = await opened(lines(...events));
    await expect.poll(() => page.textContent(".figures dd"), POLL).toBe("300");
    await page.evaluate(`document.querySelector(".rows").scrollTop = 26 * 150`);
    await page.getByRole("button", { name: "Mission" }).focus();
    appendFileSync(log, lines(eventOf("mission-zz", "spec.md"), ...driftScenario));
    await expect.poll(() => page.textContent(".figures dd"), POLL).toBe("302");
    expect(await page.textContent(".verdict")).toContain("Drifts were detected in 1 of 302");
    expect(await page.title()).toBe("Missions – drifted");
    expect(await page.evaluate(`document.querySelector(".rows").scrollTop`)).toBe(26 * 150);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Mission");
    await page.evaluate(`document.querySelector(".rows").scrollTop = 0`);
    await expect.poll(async () => (await missionsIn(page))[0]).toBe("021-audit-log");
    expect(complaints).toEqual([]);
  });

  test("survives the server's restart, and says meanwhile that it is not up to date", async () => {
    const { log, states, port, server, page } = await opened(BOTH);
    await expect.poll(() => missionsIn(page), POLL).toHaveLength(2);
    await page.waitForSelector(".live:not(.stale)");
    server.interrupt();
    await server.ended;
    await page.waitForSelector(".live.stale");
    expect(await page.textContent("[role=status]")).toMatch(/^✕Connection lost This page is as it/);
    expect(await page.title()).toBe("(not up to date) Missions – drifted");
    expect(await missionsIn(page)).toHaveLength(2);
    appendFileSync(log, lines(eventOf("third", "spec.md")));
    await serve(states, port);
    await page.waitForSelector(".live:not(.stale)");
    expect(await page.textContent("[role=status]")).toBe("✓Live");
    await expect.poll(() => missionsIn(page), POLL).toHaveLength(3);
  });

  test("keeps up with 500 events a second", async () => {
    const { log, page, url } = await opened(lines(eventOf("mission-0", "file-0.md")));
    let lists = 0;
    page.on("request", (request) => {
      lists += Number(request.url() === `${url}/missions`);
    });
    let written = 1;
    for (let tenth = 0; tenth < 50; tenth++) {
      const events = Array.from({ length: 50 }, (_, index) => {
        const at = written + index;
        return eventOf(`mission-${at % 40}`, `file-${at}.md`, "aa", at + 1);
      });
      appendFileSync(log, lines(...events));
      written += events.length;
      await page.waitForTimeout(100);
    }
    const shown = (): Promise<number> =>
      page.evaluate(`Array.from(document.querySelectorAll("#missions tbody td:nth-child(4)"))
        .reduce((all, cell) => all + Number(cell.textContent.replace(",", "")), 0)`);
    // Most is shown already, and the rest follows at once.
    expect(await shown()).toBeGreaterThan(written / 2);
    await expect.poll(shown, { timeout: 10_000 }).toBe(written);
    expect(lists).toBeLessThan(3);
  });

  test("is live in any number of tabs, since a hidden one has no connection", async () => {
    const { log, page: first, url } = await opened(BOTH);
    const asked: (string | undefined)[] = [];
    first.on("request", (request) => {
      if (request.url() === `${url}/events`) {
        asked.push(request.headers()["last-event-id"]);
      }
    });
    const live = (page: Page) => expect.poll(() => page.textContent("[role=status]"), POLL);
    await live(first).toBe("✓Live");
    await expect.poll(() => missionsIn(first), POLL).toHaveLength(2);
    await setHidden(first, true);
    await live(first).toContain("Paused");
    expect(await first.title()).toBe("(paused) Missions – drifted");
    for (let tab = 2; tab <= 8; tab++) {
      const page = await first.context().newPage();
      await page.goto(`${url}/`);
      await live(page).toBe("✓Live");
      await setHidden(page, true);
    }
    appendFileSync(log, lines(eventOf("third", "spec.md")));
    await setHidden(first, false);
    await live(first).toBe("✓Live");
    await expect.poll(() => missionsIn(first), POLL).toHaveLength(3);
    expect(asked).toEqual([expect.stringMatching(/^[0-9a-f]{8}-\d+$/)]);
  });

  test("shows names as text, whatever they look like", async () => {
    const { page, complaints } = await opened(hostileStream());
    await expect.poll(() => missionsIn(page), POLL).toEqual([HOSTILE_NAMES[0]]);
    await page.locator("#missions tbody a").click();
    await page.waitForSelector("#artifacts");
    expect(await page.textContent("h1")).toBe(HOSTILE_NAMES[0]);
    expect(await page.locator("img, main script, main style, iframe").count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

describe("the live page of a mission", () => {
  test("changes as its events arrive, and leads back with the keyboard", async () => {
    const [first = {}, ...others] = driftScenario;
    const { log, page, complaints } = await opened(lines(first));
    await page.getByRole("link", { name: "021-audit-log" }).click();
    await page.waitForSelector("#artifacts");
    expect(await page.textContent(".verdict")).toContain("unknown");
    expect(await axeViolations(page)).toEqual([]);
    appendFileSync(log, lines(...others));
    await expect.poll(() => page.textContent(".verdict"), POLL).toContain("A drift was detected");
    expect(await page.locator("h2").allTextContents()).toEqual([
      "Parity hash",
      "About",
      "Artifacts",
      "Anomalies",
      "Drifts",
    ]);
    expect(await page.textContent(".about")).toContain("timeline, chains of supersession, claims");
    expect(await axeViolations(page)).toEqual([]);
    await page.evaluate("document.activeElement.blur()");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#missions");
    expect(complaints).toEqual([]);
  });

  test("says that there is none, until there is one", async () => {
    const { page, url, log } = await opened(lines(...happyPath));
    await page.goto(`${url}/m/15c5c3d601560a8a793f21a92c878887`);
    await expect.poll(() => page.textContent("main"), POLL).toContain("No mission");
    expect(await axeViolations(page)).toEqual([]);
    appendFileSync(log, lines(...driftScenario));
    await expect.poll(() => page.textContent("h1"), POLL).toBe("021-audit-log");
  });
});

test("a locked server's page asks for the token, and keeps it for other pages", async () => {
  const { states } = projectedLog(BOTH);
  const port = await freePort();
  const token = "correct-horse-battery";
  await serve(states, port, "--token-file", write("token", token));
  const url = `http://127.0.0.1:${port}`;
  const { page } = await openUrl(`${url}/`, [url]);
  await page.waitForSelector("form");
  expect(await axeViolations(page)).toEqual([]);
  const status = () => page.textContent("[role=status]");
  await expect.poll(status, POLL).toBe("!Locked The server asks for a token.");
  for (const wrong of ["something else that is wrong", "and something else again"]) {
    await page.evaluate("document.querySelector('form').classList.add('old')");
    await page.keyboard.type(wrong);
    await page.keyboard.press("Enter");
    await page.waitForSelector("form:not(.old)");
    expect(await status()).toBe("✕Locked The server refuses this token. Try another one.");
  }
  expect(await axeViolations(page)).toEqual([]);
  await page.getByLabel("Token").fill(token);
  await page.keyboard.press("Enter");
  await expect.poll(() => missionsIn(page), POLL).toHaveLength(2);
  await page.locator("#missions tbody a").first().click();
  await page.waitForSelector("#artifacts");
});
