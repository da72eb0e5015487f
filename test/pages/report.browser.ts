import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { DRIFT_SCENARIO, HAPPY_PATH, lines, missionDossier } from "../cli/command.js";
import { axeViolations } from "./axe.js";
import { openFile, openPage, pageOf, useBrowser, workFolder, write } from "./browser.js";
import { happyPath, HOSTILE_NAMES, hostileStream, type Json, largeStream } from "./streams.js";

useBrowser();

const hostile = (): string => write("hostile.jsonl", hostileStream());

/** The happy path as another replica has it, which left out an event and added one. */
function otherReplica(): string {
  const [first = {}, , third = {}] = happyPath;
  const payload = third["payload"] as Json;
  const mutated = {
    ...payload,
    content_ref: { ...(payload["content_ref"] as Json), hash: "f".repeat(64) },
  };
  const added = {
    ...third,
    event_id: "01KJSJEBVRV4AAAAAAAAAAAAA1",
    lamport_clock: 12,
    payload: mutated,
  };
  return write("other.jsonl", lines(first, ...happyPath.slice(2), added));
}

/** The reports, each by the arguments that give it. */
const REPORTS: { readonly [name: string]: () => readonly string[] } = {
  "a clean mission": () => ["reduce", HAPPY_PATH],
  "a drifted mission": () => ["reduce", DRIFT_SCENARIO],
  "a mission of hostile names": () => ["reduce", hostile()],
  "no mission": () => ["reduce", write("empty.jsonl", "")],
  "a comparison": () => ["diff", HAPPY_PATH, otherReplica()],
  "an audit": () => ["audit", DRIFT_SCENARIO],
};

describe.each(Object.entries(REPORTS))("the page of %s", (_name, args) => {
  test.each(["light", "dark"] as const)(
    "breaks no rule of WCAG 2.2 AA when it is %s",
    async (colorScheme) => {
      const { page, complaints } = await openPage(await pageOf(...args()), { colorScheme });
      expect(await axeViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  test("breaks none on a narrow screen", async () => {
    const { page } = await openPage(await pageOf(...args()), NARROW);
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });
});

const NARROW: BrowserContextOptions = { viewport: { width: 340, height: 700 } };

describe("the page of a mission", () => {
  test("says how it is, and why", async () => {
    const { page } = await openPage(await pageOf("reduce", DRIFT_SCENARIO));
    expect(await page.title()).toBe("021-audit-log – drifted");
    expect(await page.textContent("h1")).toBe("021-audit-log");
    expect(await page.textContent(".verdict")).toContain(
      "driftedA drift was detected at clock 10: anomaly_introduced.",
    );
    expect(await page.locator("h2").allTextContents()).toEqual([
      "Parity hash",
      "About",
      "Timeline",
      "Artifacts",
      "Anomalies",
      "Drifts",
      "Claims",
      "Events",
    ]);
  });

  test("draws each event on the lane of its kind, by clock and by time", async () => {
    const { page } = await openPage(await pageOf("reduce", DRIFT_SCENARIO));
    const titles = () => page.locator(".mark title").allTextContents();
    expect(await titles()).toEqual([
      "1 indexed, 5",
      "1 indexed, 7",
      "1 missing, 9",
      "1 snapshot, 8",
      "1 drift, 10",
    ]);
    expect(await page.textContent(".apart-text")).toContain("between the snapshot at clock 8 and");
    await page.getByLabel("time", { exact: true }).check();
    expect((await titles())[0]).toBe("1 indexed, 2026-04-17 15:40:30.336Z");
  });

  test("has at most 250 kB", async () => {
    expect(Buffer.byteLength(await pageOf("reduce", HAPPY_PATH))).toBeLessThan(250_000);
  });

  test("leads from a mark to its events", async () => {
    const { page } = await openPage(await pageOf("reduce", DRIFT_SCENARIO));
    await page.locator(".mark.bad").last().click();
    expect(await page.textContent("#events output")).toBe("1 of 5 rows");
    await page.getByRole("button", { name: "Show all rows" }).click();
    expect(await page.textContent("#events output")).toBe("5");
  });

  test("shows names as text, whatever they look like", async () => {
    const { page, complaints } = await openPage(await pageOf("reduce", hostile()));
    expect(await page.locator("img, style:not(head style), main script, iframe").count()).toBe(0);
    const paths = await page.locator("#events button.path").allTextContents();
    for (const name of HOSTILE_NAMES.filter((each) => /^[ -~🦊]{1,200}$/u.test(each))) {
      expect(paths).toContain(name);
    }
    expect(paths).toContain("a\\u{202e}gpj.exe");
    expect(complaints).toEqual([]);
  });

  test("allows nothing but its own script and style", async () => {
    const { page, complaints } = await openPage(await pageOf("reduce", HAPPY_PATH));
    await page.evaluate(`
      const script = document.createElement("script");
      script.textContent = "document.title = 'run'";
      const image = document.createElement("img");
      image.src = "https://example.invalid/x.png";
      document.body.append(script, image);
    `);
    await expect
      .poll(() => complaints.filter((each) => each.includes("Content Security Policy")).length)
      .toBe(2);
    expect(await page.title()).not.toBe("run");
  });

  test("is printed whole, on light ground", async () => {
    const file = write("many.jsonl", largeStream(1900, 400));
    const { page } = await openPage(await pageOf("reduce", file), { colorScheme: "dark" });
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".tools:visible").count()).toBe(0);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
      "rgb(255, 255, 255)",
    );
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator("#events tbody tr:not(.space)").count()).toBe(500);
    expect(await page.textContent("#events tbody tr:last-child")).toBe(
      "1,400 more are not printed",
    );
    const height = await page.evaluate("document.documentElement.scrollHeight");
    expect(height).toBeLessThan(50 * 1400);
    await page.emulateMedia({ media: "screen" });
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator("#events tbody tr:not(.space)").count()).toBeLessThan(100);
  });
});

describe("with the keyboard alone", () => {
  test("a person changes the theme, sorts, filters, groups, and follows a path", async () => {
    const { page } = await openPage(await pageOf("reduce", HAPPY_PATH), { colorScheme: "light" });
    const focused = () => page.evaluate("document.activeElement.textContent");
    const paths = () => page.locator("#artifacts button.path").allTextContents();

    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Theme: system");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    expect(await page.getAttribute("html", "data-theme")).toBe("dark");

    // The timeline has two stops: a pair of radio buttons, and the marks.
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    expect(await page.getByLabel("time", { exact: true }).isChecked()).toBe(true);

    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("PLAN");
    expect(await paths()).toEqual([
      "kitty-specs/014-rate-limits/plan.md",
      "kitty-specs/014-rate-limits/plan-v2.md",
    ]);

    await tabTo(page, "Path");
    await page.keyboard.press("Enter");
    expect((await paths())[0]).toBe("kitty-specs/014-rate-limits/plan-v2.md");
    expect(await page.getAttribute("#artifacts th:first-child", "aria-sort")).toBe("ascending");
    await page.keyboard.press("Enter");
    expect((await paths())[0]).toBe("kitty-specs/014-rate-limits/plan.md");

    await page.getByLabel("Group by").first().focus();
    await page.keyboard.type("Standing");
    expect(await page.locator("#artifacts tr.group").allTextContents()).toEqual([
      "present  1",
      "superseded  1",
    ]);

    await tabTo(page, "kitty-specs/014-rate-limits/plan.md");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("events");
    expect(await page.textContent("#events output")).toBe("1 of 6 rows");
  });
});

test("with the arrow keys, a person goes from mark to mark, and to the events of one", async () => {
  const { page } = await openPage(await pageOf("reduce", DRIFT_SCENARIO));
  const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')");
  await page.getByLabel("time", { exact: true }).focus();
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("1 indexed, 5");
  const steps = [
    ["ArrowRight", "1 indexed, 7"],
    ["ArrowRight", "1 indexed, 7"],
    ["ArrowDown", "1 missing, 9"],
    ["ArrowDown", "1 snapshot, 8"],
    ["ArrowUp", "1 missing, 9"],
    ["ArrowUp", "1 indexed, 7"],
    ["Home", "1 indexed, 5"],
  ] as const;
  for (const [key, expected] of steps) {
    await page.keyboard.press(key);
    expect(await focused()).toBe(expected);
  }
  await page.setViewportSize({ width: 900, height: 700 });
  await expect.poll(() => page.getAttribute(".drawing svg", "width")).not.toBe("1216");
  expect(await focused()).toBe("1 indexed, 5");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.id")).toBe("events");
  expect(await page.textContent("#events output")).toBe("1 of 5 rows");
});

describe("the page of 100,000 events and 10,000 artifacts", () => {
  test("holds few rows at a time, and shows those in sight", async () => {
    const { page, complaints } = await openPage(
      await pageOf("reduce", write("large.jsonl", largeStream(100_000, 10_000))),
    );
    expect(await page.textContent("#events output")).toBe("100,000");
    expect(await page.textContent("#artifacts output")).toBe("10,000");
    expect(await page.locator("tbody tr").count()).toBeLessThan(1000);
    const scrollTo = (share: number) =>
      page.evaluate(`{
        const rows = document.querySelector("#events .rows");
        rows.scrollTo(0, rows.scrollHeight * ${share});
      }`);
    const indexes = () =>
      page.evaluate<number[]>(
        `Array.from(document.querySelectorAll("#events tr[aria-rowindex]"), (row) => Number(row.ariaRowIndex))`,
      );
    await scrollTo(0.5);
    await expect.poll(async () => (await indexes()).includes(50_010)).toBe(true);
    await scrollTo(1);
    await expect.poll(async () => (await indexes()).at(-1)).toBe(100_001);
    const heights = `new Set(Array.from(document.querySelectorAll("#events tr[aria-rowindex]"), (row) => row.offsetHeight))`;
    expect(await page.evaluate(`[...${heights}]`)).toEqual([26]);
    const isOrdered = (list: readonly number[]) =>
      list.every((each, at) => at === 0 || each === (list[at - 1] ?? 0) + 1);
    expect(await indexes()).toSatisfy(isOrdered);
    await page.getByLabel("Filter").last().fill("file-77.ts");
    expect(await page.textContent("#events output")).toMatch(/^\d+ of 100,000 rows$/);
    expect(await page.locator(".drawing svg *").count()).toBeLessThan(5000);
    expect(complaints).toEqual([]);
  });
});

test("the pages of many missions begin with those that drifted, and lead to each", async () => {
  const out = join(workFolder(), "missions");
  const args = ["reduce", "--by-namespace", "--format", "html", "--out", out];
  const { code, stdout } = await missionDossier([...args, HAPPY_PATH, DRIFT_SCENARIO]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  const { page, complaints } = await openFile(join(out, "index.html"));
  expect(await page.locator("#missions tbody a").allTextContents()).toEqual([
    "021-audit-log",
    "014-rate-limits",
  ]);
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole("link", { name: "014-rate-limits" }).click();
  await page.waitForSelector("#events");
  expect(await page.textContent("h1")).toBe("014-rate-limits");
  expect(complaints).toEqual([]);
});

/** Goes on with the tab key until an element with this text has the focus. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let stops = 0; stops < 60; stops++) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate("document.activeElement.textContent")) === text) {
      return;
    }
  }
  throw new Error(`No stop of the tab key is ${text}.`);
}
