import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { DRIFT_SCENARIO, HAPPY_PATH } from "../cli/command.js";
import { axeViolations } from "../pages/axe.js";
import { write } from "../pages/browser.js";
import { HOSTILE_NAMES, hostileStream, largeStream } from "../pages/streams.js";
import { openSite, useSite } from "./served.js";

useSite();

const happyPath = readFileSync(HAPPY_PATH, "utf8");
const TYPO = happyPath.replace('"artifact_class":"input"', '"artifact_class":"inputt"');

/** Gives a file to the page, as the dialog does. */
async function openLog(page: Page, text: string, name = "events.jsonl"): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles(write(name, text));
}

/** Drops a file onto the page. */
async function drop(page: Page, text: string): Promise<void> {
  await page.evaluate(`{
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([${JSON.stringify(text)}], "events.jsonl"));
    document.querySelector(".editor").dispatchEvent(
      new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }),
    );
  }`);
}

const answer = (page: Page) => page.locator(".answer");
const editor = (page: Page) => page.locator(".cm-content");

async function waitForAnswer(page: Page, text: string | RegExp): Promise<void> {
  await answer(page).filter({ hasText: text }).waitFor();
}

/** The state, once its details are open: the browser tells the page a moment after the click. */
async function shownState(page: Page): Promise<string> {
  const state = page.locator(".state pre").filter({ hasText: "{" });
  return (await state.textContent()) ?? "";
}

describe("a log that is dropped", () => {
  test("is answered within one screen: parity, rejected records, the first wrong field", async () => {
    const { page, complaints } = await openSite();
    await waitForAnswer(page, "drifted021-audit-log: A drift was detected at clock 10");
    await drop(page, TYPO);
    await waitForAnswer(page, "1 of 6 records rejected");
    const text = await answer(page).textContent();
    expect(text).toContain("clean014-rate-limits: No drift was detected.");
    expect(text).toContain("line 1: payload.artifact_id.artifact_class must be in list [input,");
    const box = await answer(page).boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(300);
    expect(await page.locator(".cm-lintRange-error").allTextContents()).toEqual(['"inputt"']);
    expect(complaints).toEqual([]);
  });

  test("is mended by the suggestion, and judged again", async () => {
    const { page, complaints } = await openSite();
    await openLog(page, TYPO);
    await page.getByRole("button", { name: 'Replace with "input"' }).click();
    await waitForAnswer(page, "6 records, none rejected");
    expect(await editor(page).textContent()).not.toContain("inputt");
    expect(await page.locator(".cm-lintRange-error").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test.each([
    [
      "a misspelled name",
      happyPath.replace('"artifact_class"', '"artifact_clas"'),
      'Rename "artifact_clas" to "artifact_class"',
    ],
    [
      "a value that is none of the literals",
      happyPath.replace('"artifact_class":"input"', '"artifact_class":"source"'),
      'Replace with "input"',
    ],
    [
      "a misspelled event type",
      happyPath.replace('"MissionDossierArtifactIndexed"', '"MissionDossierArtefactIndexed"'),
      'Replace with "MissionDossierArtifactIndexed"',
    ],
    [
      "an item of an array",
      `[${TYPO.trimEnd().split("\n").reverse().join(",\n")}]`,
      'Replace with "input"',
    ],
  ])("is mended where it has %s", async (_name, log, fix) => {
    const { page } = await openSite();
    await openLog(page, log);
    await page.getByRole("button", { name: fix }).click();
    await page.locator(".answer .fix").first().waitFor({ state: "detached" });
    await waitForAnswer(page, "6 records, none rejected");
    expect(await page.locator(".cm-lintRange").count()).toBe(0);
  });

  test("leads from a record to its place, whose field is explained", async () => {
    const { page } = await openSite();
    await openLog(page, TYPO);
    await page.locator("#records tbody button", { hasText: "1" }).first().click();
    const field = page.locator(".field");
    await field.locator("p", { hasText: "The part that the artifact plays" }).waitFor();
    expect(await field.locator("h2").textContent()).toBe("artifact_class");
    expect(await field.textContent()).toContain("Required in ArtifactIdentity");
    await field.getByText("JSON Schema").click();
    expect(await field.locator("pre").textContent()).toContain('"workflow"');
    await field.getByRole("link").click();
    await page.locator("#artifactidentity").waitFor();
    expect(new URL(page.url()).pathname).toBe("/docs/contract.html");
  });

  test("of several missions shows first the one that drifted", async () => {
    const { page } = await openSite();
    await openLog(page, happyPath + readFileSync(DRIFT_SCENARIO, "utf8"));
    await waitForAnswer(page, "2 missions");
    expect(await page.textContent(".report h1")).toBe("021-audit-log");
    await page.getByLabel("2 missions").selectOption("014-rate-limits: clean");
    expect(await page.textContent(".report h1")).toBe("014-rate-limits");
  });

  test.each([
    ["nothing", "", "nothing to judgeThe input has no record."],
    ["text", "hello\n", "1 of 1 record rejected"],
  ])("that is %s gets an answer, too", async (_name, log, text) => {
    const { page, complaints } = await openSite();
    await waitForAnswer(page, "021-audit-log");
    await openLog(page, log);
    await waitForAnswer(page, text);
    expect(complaints).toEqual([]);
  });

  test("shows its names as text, whatever they look like", async () => {
    const { page, complaints } = await openSite();
    await openLog(page, hostileStream());
    await waitForAnswer(page, `${HOSTILE_NAMES.length} of ${2 * HOSTILE_NAMES.length} records`);
    expect(await page.locator("img, style, main script, iframe").count()).toBe(0);
    for (const summary of await page.locator("summary").all()) {
      await summary.click();
    }
    expect(await shownState(page)).toContain("onerror=alert(1)");
    expect(complaints).toEqual([]);
  });
});

test("a state is the one that the package gives", async () => {
  const { page } = await openSite();
  await waitForAnswer(page, "021-audit-log");
  await page.getByText("State as JSON").click();
  const expected = DRIFT_SCENARIO.replace(".jsonl", "_state.json");
  expect(JSON.parse(await shownState(page))).toEqual(JSON.parse(readFileSync(expected, "utf8")));
});

test("every example is shown", async () => {
  const { page, complaints } = await openSite();
  const examples = page.getByLabel("Example");
  const names = (await examples.locator("option").allTextContents()).slice(1);
  const answers = new Set<string | null>();
  for (const name of names) {
    const before = await editor(page).textContent();
    await examples.selectOption(name);
    if (name !== names[0]) {
      await expect.poll(() => editor(page).textContent()).not.toBe(before);
    }
    await page.locator(".progress .work").waitFor({ state: "hidden" });
    answers.add(await answer(page).textContent());
  }
  expect(answers.size).toBe(names.length);
  expect(complaints).toEqual([]);
});

describe("a link", () => {
  test("carries the input to somebody else", async () => {
    const { page } = await openSite();
    await openLog(page, `${TYPO}"🦊"\n`);
    await waitForAnswer(page, "2 of 7 records rejected");
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.getByText("in the address bar").waitFor();
    const { page: other, complaints } = await openSite(new URL(page.url()).hash);
    await waitForAnswer(other, "2 of 7 records rejected");
    expect(await editor(other).textContent()).toContain('"🦊"');
    expect(complaints).toEqual([]);
  });

  test("is refused for an input that is too large", async () => {
    const { page } = await openSite();
    await openLog(page, largeStream(1000, 1000));
    await waitForAnswer(page, "1000 records, none rejected");
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.getByText("too large for a link").waitFor();
    expect(new URL(page.url()).hash).toBe("");
  });

  test("that is damaged is said to be", async () => {
    const { page } = await openSite("#input=%%%");
    await page.getByText("The link is damaged").waitFor();
  });
});

describe("a file of 100,000 events", () => {
  const large = write("large.jsonl", largeStream(100_000, 10_000).replace(/"sha256"/, '"sha255"'));

  test("is read with progress, while the page stays quick", async () => {
    const { page, complaints } = await openSite();
    await waitForAnswer(page, "021-audit-log");
    // A page that read the file itself would show its progress only once.
    await page.evaluate(`
      globalThis.shown = new Set();
      new MutationObserver(() => {
        shown.add(document.querySelector("[role=status]").textContent);
      }).observe(document.querySelector(".progress"), { childList: true, subtree: true });
    `);
    await page.locator('input[type="file"]').setInputFiles(large);
    await answer(page)
      .filter({ hasText: "1 of 100000 records rejected" })
      .waitFor({ timeout: 100_000 });
    expect(await page.evaluate("shown.size")).toBeGreaterThan(5);
    expect(await page.locator("#records tbody tr").count()).toBeLessThan(200);
    expect(await editor(page).textContent()).toContain('"sha255"');
    expect(await page.locator(".cm-lintRange-error").allTextContents()).toEqual(['"sha255"']);
    expect(complaints).toEqual([]);
  });

  test("can be canceled, and another input opened", async () => {
    const { page, complaints } = await openSite();
    await waitForAnswer(page, "021-audit-log");
    await page.locator('input[type="file"]').setInputFiles(large);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Canceled.").waitFor();
    await openLog(page, happyPath, "small.jsonl");
    await waitForAnswer(page, "6 records, none rejected");
    expect(complaints).toEqual([]);
  });
});

describe("the page", () => {
  test.each(["light", "dark"] as const)(
    "breaks no rule of WCAG 2.2 AA when it is %s",
    async (colorScheme) => {
      const { page } = await openSite("", { colorScheme });
      await openLog(page, TYPO);
      await waitForAnswer(page, "1 of 6 records rejected");
      expect(await axeViolations(page)).toEqual([]);
    },
  );

  test("fits on a narrow screen", async () => {
    const { page } = await openSite("", { viewport: { width: 340, height: 700 } });
    await waitForAnswer(page, "021-audit-log");
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });

  test("is used with the keyboard: a fix, the editor, and out of it again", async () => {
    const { page } = await openSite();
    await openLog(page, TYPO);
    await page.getByRole("button", { name: 'Replace with "input"' }).press("Enter");
    await waitForAnswer(page, "none rejected");
    // The fix went to the place in the editor.
    await page.keyboard.type("9");
    await waitForAnswer(page, "rejected");
    await page.keyboard.press("ControlOrMeta+z");
    await waitForAnswer(page, "none rejected");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('.editor')")).toBe(null);
  });

  test("allows no script but its own", async () => {
    const { page, complaints } = await openSite();
    await page.evaluate(`document.body.append(
      Object.assign(document.createElement("script"), { textContent: "document.title = 'run'" }),
    )`);
    expect(await page.title()).not.toBe("run");
    expect(complaints.join()).toContain("script-src 'self'");
  });
});
