import { describe, expect, test } from "vitest";
import { axeViolations } from "../pages/axe.js";
import { openSite, useSite } from "./served.js";

useSite();

test("the search finds a field, and leads to it", async () => {
  const { page, complaints } = await openSite("README.html");
  await page.getByRole("searchbox").fill("manifest_step");
  await page.keyboard.press("Enter");
  await page.locator(".results").waitFor();
  const links = page.locator(".results li", { hasText: "The contract" }).locator("a");
  await links.first().click();
  await page.locator("main.document").waitFor();
  expect(new URL(page.url()).pathname).toBe("/docs/contract.html");
  expect(new URL(page.url()).hash).not.toBe("");
  expect(complaints).toEqual([]);
});

test("a search that finds nothing says so, and shows its words as text", async () => {
  const { page, complaints } = await openSite(
    `search.html?q=${encodeURIComponent("<img src=x onerror=alert(1)>")}`,
  );
  await page.getByText("0 sections with “<img src=x onerror=alert(1)>”").waitFor();
  expect(await page.locator("img").count()).toBe(0);
  expect(complaints).toEqual([]);
});

describe.each(["README.html", "docs/contract.html", "docs/api/stream.html", "search.html?q=hash"])(
  "%s",
  (path) => {
    test.each(["light", "dark"] as const)(
      "breaks no rule of WCAG 2.2 AA when it is %s",
      async (colorScheme) => {
        const { page, complaints } = await openSite(path, { colorScheme });
        await page.waitForSelector(".theme");
        expect(await axeViolations(page)).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );

    test.each([340, 1440])("fits on a screen of %i pixels", async (width) => {
      const { page } = await openSite(path, { viewport: { width, height: 700 } });
      await page.waitForSelector(".theme");
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    });
  },
);
