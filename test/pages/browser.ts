import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { missionDossier, temporaryDirectory } from "../cli/command.js";

/** An open page, and everything that a quiet page never causes. */
export type Opened = { readonly page: Page; readonly complaints: readonly string[] };

let browser: Browser;
/** Each file of tests has its own: this module is loaded once for all of them. */
let folder: ReturnType<typeof temporaryDirectory>;

/** Starts a browser for the tests of a file. */
export function useBrowser(): void {
  folder = temporaryDirectory();
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // A container may not allow a sandbox, and the pages are those of this test.
      args: ["--no-sandbox"],
    });
  });
  afterAll(() => browser.close());
}

/** Writes a file that is gone when the tests are done, and returns its path. */
export function write(name: string, content: string | Uint8Array): string {
  return folder.write(name, content);
}

/** A folder that is gone when the tests are done. */
export function workFolder(): string {
  return folder.path;
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
  const opened = await openUrl(
    pathToFileURL(join(file)).href,
    [pathToFileURL(workFolder()).href],
    options,
  );
  await opened.page.waitForSelector("main");
  return opened;
}

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
