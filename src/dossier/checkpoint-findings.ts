import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  DossierCheckpoint,
  DossierCheckpointSchema,
} from "../../gen/speckitty/reducer/v1/checkpoint_pb.js";
import { DIAGNOSTIC_CODES, type Diagnostic } from "../event/errors/diagnostic.js";
import { jsonText } from "../event/json/json-text.js";
import type { Clock, Inspector } from "./inspector.js";

type Findings = Pick<MessageInitShape<typeof DossierCheckpointSchema>, "clocks" | "findings">;

/** What an inspector knows, for a checkpoint. */
export function findingsToMessages(inspector: Inspector): Findings {
  return {
    clocks: Array.from(inspector.clocks, ([nodeId, clock]) => ({ nodeId, clock: BigInt(clock) })),
    findings: Array.from(inspector.entries(), ([key, diagnostic]) => ({
      ...diagnostic,
      key,
      expected: findingText(diagnostic.expected),
      got: findingText(diagnostic.got),
    })),
  };
}

/**
 * Gives an inspector what a checkpoint has.
 *
 * @throws RangeError when that is nothing that {@link findingsToMessages} made.
 * @throws SyntaxError when a value is no JSON.
 */
export function restoreFindings(
  { clocks, findings }: DossierCheckpoint,
  inspector: Inspector,
): void {
  for (const { nodeId, clock } of clocks) {
    if (clock < 0n) {
      throw new RangeError("a clock is below 0");
    }
    inspector.advance(nodeId, plainClock(clock));
  }
  for (const { key, code, eventId, field, expected, got, message } of findings) {
    const known = DIAGNOSTIC_CODES.find((candidate) => candidate === code);
    if (known === undefined) {
      throw new RangeError("a finding is of no known kind");
    }
    const diagnostic: Diagnostic = {
      code: known,
      eventId,
      position: undefined,
      field,
      expected: valueIn(expected),
      got: valueIn(got),
      message,
    };
    inspector.restore(Object.freeze(diagnostic), key);
  }
}

function plainClock(clock: bigint): Clock {
  return Number.isSafeInteger(Number(clock)) ? Number(clock) : clock;
}

/**
 * As JSON, where integers of 64 bits are text as far as a number is not exact. What
 * stands in an unknown field may be anything, also what cannot be written, and is
 * then left out.
 */
function findingText(value: unknown): string {
  return jsonText(typeof value === "bigint" ? value.toString() : value) ?? "";
}

function valueIn(text: string): unknown {
  return text === "" ? undefined : JSON.parse(text);
}
