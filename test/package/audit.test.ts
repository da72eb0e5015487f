import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { cases, deep } from "../support/runs.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = mkdtempSync(join(tmpdir(), "npm-cache-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

let registry: Server | undefined;
afterEach(() => {
  registry?.closeAllConnections();
  registry?.close();
});

/** The versions that npm asks about, by package. */
type Question = { readonly [name: string]: readonly string[] };

/** A registry that answers every request for advisories, and knows no package. */
async function audit(
  answer: (question: Question) => { readonly status: number; readonly body?: unknown },
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; output: string; questions: readonly Question[] }> {
  const questions: Question[] = [];
  const server = createServer(async (request, response) => {
    if (request.method !== "POST") {
      response.writeHead(404).end("{}");
      return;
    }
    const question = await questionOf(request);
    questions.push(question);
    const { status, body = {} } = answer(question);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  registry = server;
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const options = {
    cwd: root,
    env: {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_noproxy: "127.0.0.1",
      npm_config_cache: cache,
      ...env,
    },
  };
  return await new Promise((resolve) => {
    execFile(process.execPath, ["test/package/audit.mjs"], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}`, questions });
    });
  });
}

async function questionOf(request: IncomingMessage): Promise<Question> {
  const body = await buffer(request);
  return JSON.parse(String(body[0] === 0x1f ? gunzipSync(body) : body));
}

// npm remembers what it has been told of an advisory.
let advisories = 0;

/** The answer of a registry that is asked about a package. */
function advisory(name: string, severity: string) {
  const known = {
    id: ++advisories,
    url: "https://example.com/1",
    title: "It bites",
    severity,
    vulnerable_versions: "<99.0.0",
    cwe: [],
    cvss: { score: 0, vectorString: null },
  };
  return (question: Question) => ({
    status: 200,
    body: name in question ? { [name]: [known] } : {},
  });
}

describe.runIf(deep)("npm run audit", () => {
  test("succeeds where nothing is known, and asks of the runtime dependencies by themselves", async () => {
    const { code, output, questions } = await audit(() => ({ status: 200 }));
    expect(output).toBe(
      "runtime dependencies: nothing is known of severity low or above.\n" +
        "all dependencies: nothing is known of severity high or above.\n",
    );
    expect(code).toBe(0);
    const [runtime = {}, all = {}] = questions;
    expect(Object.keys(runtime)).toContain("@bufbuild/protovalidate");
    expect(Object.keys(runtime)).not.toContain("vitest");
    expect(Object.keys(all)).toContain("vitest");
  });

  test("asks even where npm is told to be offline, or to leave something out", async () => {
    const told = { npm_config_offline: "true", npm_config_omit: "dev" };
    const { questions } = await audit(() => ({ status: 200 }), told);
    expect(questions.map((question) => "vitest" in question)).toEqual([false, true]);
  });

  test.each(cases(["low", "critical"], 1))(
    "fails for a runtime dependency of severity %s",
    async (severity) => {
      const { code, output } = await audit(advisory("@bufbuild/protovalidate", severity));
      expect(output).toContain(
        `runtime dependencies: 1 to look at\n  @bufbuild/protovalidate (${severity}), <99.0.0: It bites https://example.com/1\n`,
      );
      expect(code).toBe(1);
    },
  );

  test("fails for a development dependency from high on", async () => {
    expect(await audit(advisory("fast-check", "moderate"))).toMatchObject({ code: 0 });
    const { code, output } = await audit(advisory("fast-check", "high"));
    expect(output).toMatch(
      /^runtime dependencies: nothing is known .*\nall dependencies: 1 to look at\n/,
    );
    expect(code).toBe(1);
  });

  test.each(cases([404, 405], 1))(
    "says that the registry offers no audit, and succeeds: %i",
    async (status) => {
      const { code, output } = await audit(() => ({ status }));
      expect(output).toBe(`The registry could not be asked: it offers no audit (${status}).\n`);
      expect(code).toBe(0);
    },
  );

  test.each(cases([401, 503], 1))(
    "fails where the registry does not answer: %i",
    async (status) => {
      const { code, output } = await audit(() => ({ status }));
      expect(output).toMatch(new RegExp(`^npm audit failed: ${status} .*\n$`));
      expect(code).toBe(1);
    },
  );

  test("fails where there is no registry", async () => {
    const nowhere = { npm_config_registry: "http://127.0.0.1:9/" };
    const { code, output } = await audit(() => ({ status: 200 }), nowhere);
    expect(output).toContain("ECONNREFUSED");
    expect(code).toBe(1);
  });
});
