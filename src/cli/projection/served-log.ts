import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terminal } from "../terminal.js";
import type { Engine, EngineOptions } from "./engine.js";
import { problemReporter, reportLetter } from "./letter-text.js";
import { showing } from "./project.js";

/** Does some work with a folder of states: for a log that was given without one, a temporary one. */
export async function withStates<T>(
  options: EngineOptions,
  work: (options: EngineOptions) => Promise<T>,
): Promise<T> {
  if (options.log === undefined || options.states !== undefined) {
    return await work(options);
  }
  const states = await mkdtemp(join(tmpdir(), "mission-dossier-"));
  try {
    return await work({ ...options, states });
  } finally {
    await rm(states, { recursive: true, force: true });
  }
}

/**
 * Stores the states that a log gives so far.
 *
 * @throws MissionDossierError when the log or the states cannot be read or written.
 */
export async function projectSoFar(
  engine: Engine,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  await engine.project({
    follow: false,
    signal,
    onStatus: showing(terminal, false),
    onDeadLetter: (letter) => reportLetter(letter, terminal),
    onProblem: problemReporter(terminal),
  });
  terminal.status("");
}

/**
 * Does some work while the states of a growing log are kept up to date. If they no longer can be,
 * the work is told to end.
 *
 * @throws MissionDossierError when the log or the states cannot be read or written.
 */
export async function whileFollowing(
  engine: Engine,
  signal: AbortSignal,
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const end = new AbortController();
  const stop = (): void => end.abort();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) {
    // The listener came too late.
    stop();
  }
  const following = engine
    .project({
      follow: true,
      signal: end.signal,
      onStatus: () => {},
      onDeadLetter: (letter) => reportLetter(letter, terminal),
      onProblem: problemReporter(terminal),
    })
    .finally(stop);
  await Promise.all([following, work(end.signal)]);
}
