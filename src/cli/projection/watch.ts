import { setTimeout as sleep } from "node:timers/promises";
import { DossierAccumulator } from "../../dossier/accumulator.js";
import { isPresent, type MissionDossierState, stateToJsonString } from "../../dossier/state.js";
import { parityHash } from "../../parity/parity-hash.js";
import type { ProjectedMission } from "../../projection/index.js";
import type { ContractOptions } from "../../event/generation/generation.js";
import { checkContract } from "../contract-option.js";
import { CommandError, EXIT_CODES, type ExitCode } from "../exit-codes.js";
import { leftOutCounts } from "../reduce-messages.js";
import { stateLines } from "../render-state.js";
import { jsonOutput, type Terminal } from "../terminal.js";
import { counted, printable } from "../terminal-text.js";
import type { EngineOptions } from "./engine.js";
import { missionNamed } from "./mission-argument.js";
import { withEngine } from "./open-engine.js";

/** Milliseconds between two looks for the first state. */
const POLL_MS = 500;

/** The output formats of `mission-dossier watch`. */
export type WatchFormat = "text" | "json";

/** The options of `mission-dossier watch`. */
export type WatchCommandOptions = EngineOptions & {
  readonly format: WatchFormat;
  readonly once?: boolean;
} & ContractOptions;

/**
 * Prints the stored state of a mission, and a line each time it changes.
 *
 * @throws CommandError when no mission has that name, or several do.
 */
export async function runWatch(
  name: string,
  { format, once = false, contract, ...options }: WatchCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  checkContract(contract, format === "json", "--format json");
  return withEngine(options, async (engine) => {
    const end = new AbortController();
    terminal.stopRequested().addEventListener("abort", () => end.abort(), { once: true });
    let mission = await missionNamed(name, engine);
    if (mission === undefined && !once) {
      terminal.report("no state is stored yet; waiting for the first one");
      while (mission === undefined && !end.signal.aborted) {
        await sleep(POLL_MS, undefined, { signal: end.signal }).catch(() => undefined);
        mission = await missionNamed(name, engine);
      }
    }
    if (mission === undefined) {
      const problem = `no mission named ${printable(name)}; no state is stored yet`;
      throw new CommandError(problem, EXIT_CODES.misuse.code);
    }
    let leftOut = "";
    const print = (projected: ProjectedMission, isFirst: boolean): void => {
      const stored = DossierAccumulator.fromBinary(projected.checkpoint);
      const state = stored.state();
      const lines =
        format === "json"
          ? [jsonLine(projected, state, contract, terminal)]
          : linesOf(projected, state, isFirst, terminal);
      for (const line of lines) {
        terminal.write(`${line}\n`);
      }
      const counts = format === "text" ? leftOutOf(stored).join("\n") : "";
      if (counts !== leftOut && counts !== "") {
        terminal.report(counts);
      }
      leftOut = counts;
    };
    if (once) {
      const projected = await engine.state(mission);
      if (projected === undefined) {
        throw new CommandError(`no state of mission ${mission}`, EXIT_CODES.misuse.code);
      }
      print(projected, true);
      return EXIT_CODES.ok.code;
    }
    let isFirst = true;
    for await (const projected of engine.watch(mission, end.signal)) {
      print(projected, isFirst);
      isFirst = false;
      await terminal.ready();
      if (terminal.isOutputOver()) {
        end.abort();
      }
    }
    return EXIT_CODES.ok.code;
  });
}

function jsonLine(
  { mission, seq }: ProjectedMission,
  state: MissionDossierState,
  contract: ContractOptions["contract"],
  terminal: Terminal,
): string {
  const json = stateToJsonString(state, 0, { contract });
  return jsonOutput(`{"mission":"${mission}","seq":${seq},"state":${json}}`, terminal);
}

function linesOf(
  { seq }: ProjectedMission,
  state: MissionDossierState,
  isFirst: boolean,
  terminal: Terminal,
): string[] {
  return isFirst ? stateLines(state, terminal.colors, terminal.width) : [changeLine(seq, state)];
}

/** How much of the mission's log is not in its state. */
function leftOutOf({ skipped, conflicts }: DossierAccumulator): string[] {
  return leftOutCounts(skipped.length, conflicts.length);
}

function changeLine(seq: number, state: MissionDossierState): string {
  const anomalies = state.anomalies.length;
  const present = [...state.artifacts.values()].filter(isPresent).length;
  return [
    `seq ${seq}`,
    state.parityStatus,
    counted(state.eventCount, "event"),
    counted(present, "artifact"),
    ...(anomalies === 0 ? [] : [`${anomalies} ${anomalies === 1 ? "anomaly" : "anomalies"}`]),
    parityHash(state).slice(0, "sha256:".length + 12),
  ].join("  ");
}
