import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

export type ServedFile = { readonly type: string; readonly body: string | Uint8Array };

/** The report that the page sends when it is done. */
export type Report = {
  readonly json: unknown;
  /** The name and version of the browser, from its user agent. */
  readonly browser: string;
};

/** A server on the loopback interface. */
export type Server = {
  /** The URL of the page. */
  readonly url: string;
  readonly report: Promise<Report>;
  /** The requests of the page so far, each with the status of its response. */
  readonly asked: readonly string[];
  readonly close: () => void;
};

/** Allows scripts and data from this server only, and no compiling of code. */
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'";

const HTML = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>';

/** Serves the page and its files. */
export async function serve(files: ReadonlyMap<string, ServedFile>): Promise<Server> {
  const all = new Map(files).set("/", { type: "text/html", body: HTML });
  const server = createServer();
  const asked: string[] = [];
  const report = new Promise<Report>((resolve, reject) => {
    server.on("request", (request, response) => {
      response.setHeader("Content-Security-Policy", POLICY);
      response.once("finish", () => asked.push(`${request.url} (${response.statusCode})`));
      const file = all.get(request.url ?? "");
      if (request.method === "POST" && request.url === "/report") {
        const [browser = "a browser"] =
          /\w*Chrom\w*\/\d+/.exec(request.headers["user-agent"] ?? "") ?? [];
        text(request)
          .then((body) => resolve({ json: JSON.parse(body), browser }))
          .catch(reject)
          .finally(() => response.end());
      } else if (file === undefined) {
        response.writeHead(404).end();
      } else {
        response.writeHead(200, { "Content-Type": file.type }).end(file.body);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/`,
    report,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
