import { hostname } from "node:os";
import {
  MissionDossierState_AnomalyEntrySchema,
  MissionDossierState_ArtifactEntrySchema,
} from "../../gen/speckitty/dossier/v1/state_pb.js";
import { RENAMINGS } from "../../gen/speckitty/dossier/v3/renaming.js";
import { namespaceJson } from "../dossier/namespace.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import type { DossierEvent } from "../event/envelope/accepted-event.js";
import { createEvent } from "../event/envelope/create-event.js";
import { LamportClock } from "../event/envelope/lamport-clock.js";
import { clockOf } from "../event/envelope/sort-key.js";
import type { ContractOptions } from "../event/generation/generation.js";
import { jsonIn } from "../event/generation/rename.js";
import { integerToJson } from "../event/json/integer-to-json.js";
import { sharedEnvelope } from "../indexing/recorded-log.js";
import { type Difference, diffStates, type StateDiff } from "../parity/diff.js";
import { DifferentMissionsError } from "../parity/different-missions.js";
import { driftPayloads } from "../parity/drift-payloads.js";
import { DifferenceOrigins, type Origin } from "../parity/origins.js";
import { checkBuildId, checkContract, type EmitterOptions } from "./contract-option.js";
import { CommandError, EXIT_CODE_OF_ERROR, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { checkHtml, HTML } from "./html-format.js";
import { STANDARD_INPUT } from "./read-records.js";
import { missionLines, type ReduceInputOptions } from "./reduce-input.js";
import { diffLines } from "./render-diff.js";
import { type Replica, readReplica } from "./replica.js";
import { jsonOutput, type Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";

/** The output formats of `mission-dossier diff`. */
export type DiffFormat = "text" | "json" | "events" | typeof HTML;

/** The options of `mission-dossier diff`. */
export type DiffCommandOptions = ReduceInputOptions & {
  readonly format: DiffFormat;
} & EmitterOptions;

/**
 * Compares two replicas of a mission's dossier, and prints the differences.
 *
 * @throws CommandError when one of them cannot be read, or holds neither events nor a state.
 */
export async function runDiff(
  [fileA, fileB]: readonly [a: string, b: string],
  options: DiffCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (fileA === STANDARD_INPUT && fileB === STANDARD_INPUT) {
    throw new CommandError("only one side can be standard input", EXIT_CODES.misuse.code);
  }
  checkHtml(options.format, terminal);
  checkContract(options.contract, options.format !== "text", "--format json, events or html");
  if (options.format === "events") {
    checkBuildId(options);
  } else {
    refuseEmitter(options);
  }
  const a = await readReplica(fileA, options, terminal);
  const b = await readReplica(fileB, options, terminal);
  const diff = compare(a, b, terminal);
  const origins = await originsOf(diff, a, b);
  switch (options.format) {
    case "text":
      for (const line of diffLines({ diff, origins, a, b }, terminal.colors, terminal.width)) {
        terminal.write(`${line}\n`);
      }
      break;
    case "json":
      terminal.write(
        `${jsonOutput(JSON.stringify(diffJson(diff, origins, { a, b }, options), null, 2), terminal)}\n`,
      );
      break;
    case "events":
      for (const event of await driftEvents(diff, a, b, options)) {
        terminal.write(`${jsonOutput(JSON.stringify(event), terminal)}\n`);
      }
      break;
    case HTML: {
      // Only a page needs the code that makes it.
      const { printDiffPage } = await import("./diff-html.js");
      await printDiffPage(diff, origins, { a, b }, options, terminal);
    }
  }
  return exitCode(diff, a, b, terminal);
}

/** @throws CommandError when an option is about drift events, and none are printed. */
function refuseEmitter({ nodeId, buildId }: EmitterOptions): void {
  const option = nodeId !== undefined ? "--node-id" : buildId !== undefined ? "--build-id" : "";
  if (option !== "") {
    throw new CommandError(
      `${option} is for drift events, and needs --format events`,
      EXIT_CODES.misuse.code,
    );
  }
}

function compare(a: Replica, b: Replica, terminal: Terminal): StateDiff {
  try {
    return diffStates(a.state, b.state);
  } catch (error) {
    if (error instanceof DifferentMissionsError) {
      const lines = ["A and B are of two missions", ...missionLines(error, terminal.reportWidth)];
      throw new CommandError(lines.join("\n"), EXIT_CODE_OF_ERROR[error.code]);
    }
    throw error;
  }
}

async function originsOf(diff: StateDiff, a: Replica, b: Replica): Promise<DifferenceOrigins> {
  const origins = new DifferenceOrigins(diff);
  if (diff.differences.length > 0 && a.events !== undefined && b.events !== undefined) {
    for await (const event of a.events) {
      origins.take("a", event);
    }
    for await (const event of b.events) {
      origins.take("b", event);
    }
  }
  return origins;
}

function exitCode(diff: StateDiff, a: Replica, b: Replica, terminal: Terminal): ExitCode {
  if (!diff.inParity) {
    return EXIT_CODES.drifted.code;
  }
  const doubts = doubtsOf(a, b);
  if (doubts.length > 0) {
    const reasons = doubts.map(printable).join("; ");
    terminal.report(`cannot tell whether the replicas are in parity: ${reasons}`);
    return EXIT_CODES.uncertain.code;
  }
  return EXIT_CODES.ok.code;
}

/** Why each side may lack something. */
function doubtsOf(...sides: readonly Replica[]): string[] {
  return sides.flatMap(({ name, doubts }) =>
    doubts.length === 0 ? [] : [`${name}: ${doubts.join(", ")}`],
  );
}

/** The diff as JSON, with the names of the contract. */
function diffJson(
  diff: StateDiff,
  origins: DifferenceOrigins,
  { a, b }: { readonly a: Replica; readonly b: Replica },
  contract: ContractOptions,
): object {
  return {
    in_parity: diff.inParity,
    cannot_tell: doubtsOf(a, b),
    expected_hash: diff.expectedHash,
    actual_hash: diff.actualHash,
    differences: diff.differences.map((difference) => ({
      ...differenceJson(difference, contract),
      since: originJson(origins.of(difference)),
    })),
  };
}

function differenceJson(difference: Difference, contract: ContractOptions): object {
  const entryJson = (desc: typeof ANOMALY | typeof ARTIFACT, entry: object | undefined) =>
    entry === undefined
      ? null
      : jsonIn(
          RENAMINGS[desc.typeName],
          messageToJson(desc, entry, { everyField: true }),
          contract,
        );
  switch (difference.kind) {
    case "manifest_version_changed":
      return difference;
    case "anomaly_introduced":
    case "anomaly_resolved": {
      const { kind, a, b } = difference;
      return { kind, a: entryJson(ANOMALY, a), b: entryJson(ANOMALY, b) };
    }
    default: {
      const { kind, path, a, b } = difference;
      return { kind, path, a: entryJson(ARTIFACT, a), b: entryJson(ARTIFACT, b) };
    }
  }
}

const ANOMALY = MissionDossierState_AnomalyEntrySchema;
const ARTIFACT = MissionDossierState_ArtifactEntrySchema;

function originJson(origin: Origin | undefined): object | null {
  return origin === undefined
    ? null
    : {
        side: origin.side,
        event_id: origin.eventId,
        lamport_clock:
          origin.lamportClock === undefined ? null : integerToJson(origin.lamportClock),
        timestamp: origin.timestamp,
      };
}

/** Drift events for the log of side A, which come after all events of both sides. */
async function driftEvents(
  diff: StateDiff,
  a: Replica,
  b: Replica,
  { nodeId = hostname(), buildId, contract }: DiffCommandOptions,
): Promise<object[]> {
  if (a.events === undefined) {
    throw new CommandError(
      `--format events needs the log itself as A, as a file: a drift event is stamped by the clock of ${printable(a.name)}`,
      EXIT_CODES.misuse.code,
    );
  }
  const clock = new LamportClock();
  let latest: DossierEvent | undefined;
  for await (const event of a.events) {
    latest = event;
    clock.observe({ lamportClock: clockOf(event.sortKey) });
  }
  for await (const { sortKey } of b.events ?? []) {
    clock.observe({ lamportClock: clockOf(sortKey) });
  }
  if (latest === undefined) {
    throw new CommandError(
      `${printable(a.name)} has no dossier event, so its mission is not known`,
      EXIT_CODES.misuse.code,
    );
  }
  const envelope = sharedEnvelope(latest);
  const { namespace } = a.state;
  const payloads = driftPayloads(diff, {
    detected_at: new Date().toISOString(),
    ...(namespace === undefined ? {} : { namespace: namespaceJson(namespace) }),
  });
  let correlation_id: string | undefined;
  return payloads.map((payload) => {
    const event = createEvent(
      "MissionDossierParityDriftDetected",
      payload,
      {
        ...envelope,
        ...(correlation_id === undefined ? {} : { correlation_id }),
        ...(buildId === undefined ? {} : { build_id: buildId }),
        node_id: nodeId,
        lamport_clock: clock.tick(),
      },
      { contract },
    );
    correlation_id = event.correlation_id;
    return event;
  });
}
