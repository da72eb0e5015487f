import { hasCode } from "../../files/has-code.js";
import { CommandError, EXIT_CODES, UsageError } from "../exit-codes.js";
import type { Engine, EngineOptions } from "./engine.js";

/**
 * Does some work with the engine that the options choose.
 *
 * @throws CommandError when they choose none or two, or give a prefix to files, or the clients of NATS are not installed.
 */
export async function withEngine<T>(
  options: EngineOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  if (options.nats !== undefined && (options.log ?? options.states) !== undefined) {
    throw new UsageError("the log and the states are on the server, so --nats takes no files");
  }
  if (options.nats === undefined && options.prefix !== undefined) {
    throw new UsageError("--prefix names a projection on a server, and needs --nats");
  }
  const engine = await (options.nats === undefined ? openFiles(options) : openNats(options));
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

async function openFiles(options: EngineOptions): Promise<Engine> {
  const { filesEngine } = await import("./files-engine.js");
  return filesEngine(options);
}

async function openNats(options: EngineOptions): Promise<Engine> {
  let engine: typeof import("./nats-engine.js");
  try {
    engine = await import("./nats-engine.js");
  } catch (error) {
    if (hasCode(error, "ERR_MODULE_NOT_FOUND")) {
      throw new CommandError(
        "--nats needs the clients of NATS; install them with\n" +
          "  npm install @nats-io/transport-node @nats-io/jetstream @nats-io/kv @nats-io/obj",
        EXIT_CODES.misuse.code,
      );
    }
    throw error;
  }
  return engine.natsEngine(options);
}
