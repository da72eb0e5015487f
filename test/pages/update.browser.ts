import { rolldown } from "rolldown";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report, Row, Table } from "../../src/report/report.js";
import { openBlank, useBrowser } from "./browser.js";

useBrowser();

let script = "";

beforeAll(async () => {
  const build = await rolldown({ input: "src/pages/report-view.ts", platform: "browser" });
  const { output } = await build.generate({ format: "iife", name: "pages" });
  await build.close();
  script = output[0].code;
});

const rowsOf = (count: number, first = 0): Row[] =>
  Array.from({ length: count }, (_, index) => [
    `file-${String(first + index).padStart(5, "0")}.md`,
    index % 2 === 0 ? "input" : "output",
    index,
  ]);

function reportOf(rows: readonly Row[], others: Partial<Table> = {}): Report {
  return {
    title: "A mission",
    subtitle: "Mission dossier",
    verdict: { tone: "good", label: "clean", reason: "No drift was detected.", cautions: [] },
    facts: [],
    hashes: [],
    figures: [{ name: "artifacts", count: rows.length, tone: "plain" }],
    tables: [
      {
        id: "artifacts",
        title: "Artifacts",
        empty: "No artifact was indexed.",
        columns: [
          { title: "Path", kind: "page" },
          { title: "Class", kind: "category" },
          { title: "Bytes", kind: "number" },
        ],
        rows: rows.map(([path, ...row]) => [[String(path), `#${path}`], ...row]),
        ...others,
      },
    ],
    generator: "mission-dossier",
  };
}

async function opened(report: Report): Promise<Page> {
  const page = await openBlank();
  await page.addScriptTag({ content: script });
  await page.addStyleTag({ path: "src/pages/style.css" });
  await page.evaluate(
    `window.view = new pages.ReportView(${JSON.stringify(report)}); document.body.append(view.element)`,
  );
  return page;
}

const show = (page: Page, report: Report): Promise<void> =>
  page.evaluate(`view.show(${JSON.stringify(report)})`);

const linksOf = (page: Page): Promise<string[]> => page.locator("tbody a").allTextContents();

describe("a report that is shown again", () => {
  test("has the new rows and figures", async () => {
    const page = await opened(reportOf(rowsOf(2)));
    await show(page, reportOf(rowsOf(3)));
    expect(await page.textContent(".figures dd")).toBe("3");
    expect(await linksOf(page)).toEqual(["file-00000.md", "file-00001.md", "file-00002.md"]);
    await show(page, reportOf([]));
    expect(await page.textContent("#artifacts .empty")).toBe("No artifact was indexed.");
  });

  test("keeps the place to which a person has scrolled, in the page and in a table", async () => {
    const page = await opened(reportOf(rowsOf(5000)));
    await page.evaluate(`
      document.querySelector(".rows").scrollTop = 26 * 3000;
      document.body.style.paddingBottom = "2000px";
      scrollTo({ top: 150, behavior: "instant" });
    `);
    await expect.poll(() => linksOf(page)).toContain("file-03010.md");
    await show(page, reportOf(rowsOf(5001, 1)));
    const places = `[scrollY, document.querySelector(".rows").scrollTop]`;
    expect(await page.evaluate(places)).toEqual([150, 26 * 3000]);
    const links = await linksOf(page);
    expect(links).toContain("file-03011.md");
    expect(links.length).toBeLessThan(100);
  });

  test("keeps order, filter, group and focus", async () => {
    const page = await opened(reportOf(rowsOf(6)));
    await page.getByRole("button", { name: "Bytes" }).click();
    await page.getByRole("button", { name: "Bytes" }).click();
    await page.getByLabel(/^Class/).selectOption("input");
    await page.getByLabel("Filter").fill("file");
    expect(await linksOf(page)).toEqual(["file-00004.md", "file-00002.md", "file-00000.md"]);
    await page.getByRole("link", { name: "file-00002.md" }).focus();
    await show(page, reportOf(rowsOf(8)));
    expect(await linksOf(page)).toEqual([
      "file-00006.md",
      "file-00004.md",
      "file-00002.md",
      "file-00000.md",
    ]);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("file-00002.md");
    expect(await page.getAttribute("th:last-child", "aria-sort")).toBe("descending");

    await page.getByLabel("Filter").focus();
    await show(page, reportOf(rowsOf(4)));
    await page.keyboard.type("-00000");
    expect(await linksOf(page)).toEqual(["file-00000.md"]);
  });

  test("keeps the order when a column has gone, and come back", async () => {
    const page = await opened(reportOf(rowsOf(3)));
    await page.getByRole("button", { name: "Bytes" }).dblclick();
    const columns = [
      { title: "Class", kind: "category" },
      { title: "Path", kind: "page" },
    ] as const;
    await show(page, reportOf([], { columns, rows: [["input", ["file.md", "#"]]] }));
    expect(await page.locator("thead th").allTextContents()).toEqual(["Class", "Path"]);
    await show(page, reportOf(rowsOf(3)));
    expect((await linksOf(page))[0]).toBe("file-00002.md");
  });

  test("leaves what has not changed as it is", async () => {
    const page = await opened(reportOf(rowsOf(3)));
    await page.evaluate(`{
      const [first, , last] = document.querySelectorAll("tbody tr:not(.space)");
      window.before = { first, last, title: document.querySelector("h1") };
    }`);
    const [first = [], second = [], third = []] = rowsOf(3);
    await show(page, reportOf([first, second, [...third.slice(0, 2), 77]]));
    expect(
      await page.evaluate(`[
        before.first.isConnected, before.last.isConnected, before.title.isConnected
      ]`),
    ).toEqual([true, false, true]);
  });

  test("listens to nothing once it is removed", async () => {
    const page = await opened(reportOf(rowsOf(1000)));
    await page.evaluate("view.remove(); dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator("main").count()).toBe(0);
    expect(await page.evaluate(`view.element.querySelectorAll("tbody a").length`)).toBeLessThan(
      200,
    );
  });
});
