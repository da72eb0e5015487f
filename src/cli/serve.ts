import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { packageFile } from "../conformance/package-files.js";
import { MissionDossierError } from "../event/errors/mission-dossier-error.js";
import type { ContractOptions } from "../event/generation/generation.js";
import { isLoopback } from "../serve/access.js";
import { MissionServer, NO_MISSION } from "../serve/server.js";
import { CommandError, EXIT_CODES, type ExitCode, UsageError } from "./exit-codes.js";
import type { EngineOptions } from "./projection/engine.js";
import { withEngine } from "./projection/open-engine.js";
import { projectSoFar, whileFollowing, withStates } from "./projection/served-log.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";

/** The options of `mission-dossier serve`. */
export type ServeCommandOptions = EngineOptions &
  ContractOptions & {
    readonly host: string;
    readonly port: number;
    readonly tokenFile?: string;
  };

/**
 * Serves the stored states of all missions until Ctrl-C. With a log, it also keeps them up to
 * date.
 *
 * @throws CommandError when a host that others can reach has no token, or cannot be bound to.
 */
export async function runServe(
  { host, port, tokenFile, contract, ...options }: ServeCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if ((options.log ?? options.states ?? options.nats) === undefined) {
    throw new UsageError("missing LOG, the file or folder of events, or --states, or --nats");
  }
  const token = tokenFrom(tokenFile);
  if (!isLoopback(host) && token === undefined) {
    throw new UsageError(
      `--host ${printable(host)} needs a token: give --token-file, or set ${TOKEN_VARIABLE}`,
    );
  }
  const signal = terminal.stopRequested();
  const hasLog = options.log !== undefined;
  await withStates(options, (given) =>
    withEngine(given, async (engine) => {
      if (hasLog) {
        await projectSoFar(engine, signal, terminal);
        if (signal.aborted) {
          return;
        }
      }
      // Wrong options end the command before it listens.
      await engine.checkStates();
      await engine.state(NO_MISSION);
      const page = readFileSync(packageFile("dist/cli/live-page.html"), "utf8");
      const source = {
        states: () => engine.states(),
        watch: (until: AbortSignal) => engine.watch(undefined, until),
        state: (mission: string) => engine.state(mission),
      };
      const { version } = terminal;
      const server = new MissionServer({ source, page, version, host, token, contract });
      const isLoaded = await load(server, signal);
      try {
        const address = await listening(server, host, port);
        terminal.write(`serving  ${address}\n`);
        terminal.status("Ctrl-C ends");
        const show = (until: AbortSignal) => follow(server, isLoaded, until, terminal);
        await (hasLog ? whileFollowing(engine, signal, terminal, show) : show(signal));
      } finally {
        await server.close();
      }
    }),
  );
  terminal.status("");
  return EXIT_CODES.ok.code;
}

/** The variable of the environment that has the token. */
const TOKEN_VARIABLE = "MISSION_DOSSIER_TOKEN";

const SHORTEST_TOKEN = 16;

/** Milliseconds before states that could not be read are read again. */
const AGAIN_MS = 2000;

function tokenFrom(file: string | undefined): string | undefined {
  const token = file === undefined ? process.env[TOKEN_VARIABLE] : contentOf(file).trim();
  if (token !== undefined && !(token.length >= SHORTEST_TOKEN && /^[!-~]+$/.test(token))) {
    throw new UsageError(
      `the token must be at least ${SHORTEST_TOKEN} characters of ASCII, without spaces`,
    );
  }
  return token;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isSystemError(error)) {
      throw new UsageError(`cannot read ${printable(file)}: ${systemErrorText(error)}`);
    }
    throw error;
  }
}

async function listening(server: MissionServer, host: string, port: number): Promise<string> {
  const { http } = server;
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject).listen({ host, port }, resolve);
  }).catch((error: unknown) => {
    if (isSystemError(error)) {
      const problem = `cannot listen on ${printable(host)}, port ${port}: ${systemErrorText(error)}`;
      throw new CommandError(problem, EXIT_CODES.misuse.code);
    }
    throw error;
  });
  const bound = http.address();
  const name = host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${typeof bound === "object" ? bound?.port : port}/`;
}

/** Reads all states, so that the first answer lists every mission. */
async function load(server: MissionServer, signal: AbortSignal): Promise<boolean> {
  try {
    await server.load(signal);
    return true;
  } catch (error) {
    // `follow` will meet the same problem, report it, and try again.
    if (!(error instanceof MissionDossierError)) {
      throw error;
    }
    return false;
  }
}

/** Shows the states until the signal. States that cannot be read now may be readable later. */
async function follow(
  server: MissionServer,
  isLoaded: boolean,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  let said = "";
  let isReadable = isLoaded;
  while (!signal.aborted) {
    try {
      if (!isReadable) {
        await server.load(signal);
        said = "";
      }
      await server.follow(signal);
    } catch (error) {
      if (!(error instanceof MissionDossierError)) {
        throw error;
      }
      isReadable = false;
      if (said !== error.message) {
        said = error.message;
        terminal.report(`cannot read the states now: ${printable(said)}`);
      }
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
