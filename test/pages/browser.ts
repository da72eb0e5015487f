import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { missionDossier } from "../cli/command.js";

/** An open page, and everything that a quiet page never causes. */
export type Opened = { readonly page: Page; readonly complaints: readonly string[] };

/** A folder that is gone when the tests of a file are done. */
export const workFolder = join(tmpdir(), `mission-dossier-pages-${process.pid}`);
let browser: Browser;

/** Starts a browser for the tests of a file. */
export function useBrowser(): void {
  beforeAll(async () => {
    mkdirSync(workFolder, { recursive: true });
    browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // A container may not allow a sandbox, and the pages are those of this test.
      args: ["--no-sandbox"],
    });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(workFolder, { recursive: true });
  });
}

/** Writes a file that is gone when the tests of a file are done, and returns its path. */
export function write(name: string, content: string): string {
  const file = join(workFolder, name);
  writeFileSync(file, content);
  return file;
}

/** Runs the command, and returns the page that it prints. */
export async function pageOf(...args: readonly string[]): Promise<string> {
  const { stdout } = await missionDossier([...args, "--format", "html"]);
  expect(stdout).toMatch(/^<!doctype html>/);
  return stdout;
}

let pages = 0;

/** Opens a page from a file, as a person would who got it by mail. */
export async function openPage(html: string, options?: BrowserContextOptions): Promise<Opened> {
  return await openFile(write(`page-${pages++}.html`, html), options);
}

/** Opens a file in the browser. */
export async function openFile(file: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const opened = await openUrl(pathToFileURL(join(file)).href, [FOLDER], options);
  await opened.page.waitForSelector("main");
  return opened;
}

const FOLDER = pathToFileURL(workFolder).href;

/** Opens an address in the browser. Requests to others than the allowed ones are complaints. */
export async function openUrl(
  url: string,
  allowed: readonly string[],
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (!allowed.some((each) => request.url().startsWith(each))) {
      complaints.push(`request: ${request.url()}`);
    }
  });
  await page.goto(url);
  return { page, complaints };
}

/** An empty page, for scripts of a test. */
export async function openBlank(): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.setContent("<!doctype html><html lang=en><title>test</title><body>");
  return page;
}
