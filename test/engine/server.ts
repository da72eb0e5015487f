import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { connect } from "@nats-io/transport-node";

/** The version of nats-server that the tests run, which the Go module proxy serves. */
export const SERVER_VERSION = "v2.15.3";

/** A nats-server of its own: a free loopback port, and a folder that it alone uses. */
export class TestServer {
  private readonly folder = mkdtempSync(join(tmpdir(), "mission-dossier-nats-"));
  private process: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    private readonly port: number,
  ) {}

  /** Builds the server if that was not done yet (about a minute), and starts it. */
  static async start(configuration = ""): Promise<TestServer> {
    const server = new TestServer(await builtServer(), await freePort());
    server.configure(configuration);
    await server.start();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Writes the configuration, which holds from the next start or `reload` on. */
  configure(more: string): void {
    writeFileSync(
      join(this.folder, "nats.conf"),
      [
        `listen: "127.0.0.1:${this.port}"`,
        `jetstream { store_dir: ${JSON.stringify(join(this.folder, "data"))} }`,
        more,
      ].join("\n"),
    );
  }

  async start(): Promise<void> {
    this.process = spawn(this.program, ["-c", join(this.folder, "nats.conf")], { stdio: "ignore" });
    await this.untilReady();
  }

  reload(): void {
    this.process?.kill("SIGHUP");
  }

  /** Ends the process at once, as a crash would. */
  kill(): Promise<void> {
    return this.end("SIGKILL");
  }

  /** Ends the process, and removes its folder. */
  async remove(): Promise<void> {
    await this.end("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (process !== undefined && process.exitCode === null && process.signalCode === null) {
      const gone = new Promise((resolve) => process.once("exit", resolve));
      process.kill(signal);
      await gone;
    }
  }

  private async untilReady(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      try {
        const connection = await connect({ servers: this.url, ...ADMIN, reconnect: false });
        await connection.close();
        return;
      } catch {
        await sleep(50);
      }
    }
    throw new Error(`nats-server does not answer at ${this.url}`);
  }
}

/** The user that a test's own connections have, where its configuration names users. */
export const ADMIN = { user: "admin", pass: "admin" };

async function builtServer(): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "mission-dossier", `nats-server-${SERVER_VERSION}`);
  const program = join(folder, "nats-server");
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const module = `github.com/nats-io/nats-server/v2@${SERVER_VERSION}`;
    await promisify(execFile)("go", ["install", module], {
      cwd: tmpdir(),
      env: { ...process.env, GOBIN: folder, GOTOOLCHAIN: "local" },
      timeout: 600_000,
    });
  }
  return program;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
