import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type Opened, openUrl, useBrowser } from "../pages/browser.js";

/** `npm run build:site` fills it. */
const SITE = new URL("../../site/", import.meta.url);

let server: Server;

/** Serves the site, and starts a browser, for the tests of a file. */
export function useSite(): void {
  useBrowser();
  beforeAll(async () => {
    server = createServer(async ({ url = "/" }, response) => {
      const { pathname } = new URL(url, "http://localhost");
      const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
      try {
        const body = await readFile(new URL(`.${path}`, SITE));
        response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/plain" });
        response.end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
}

const TYPES: { readonly [extension: string]: string } = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** Opens a page of the site. Requests to anywhere else are complaints. */
export async function openSite(path = "", options?: BrowserContextOptions): Promise<Opened> {
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}/`;
  return await openUrl(origin + path, [origin, `blob:${origin}`], options);
}
