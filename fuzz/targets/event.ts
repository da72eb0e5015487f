import fc from "fast-check";
import {
  eventFromBinary,
  eventToBinary,
  eventToJson,
  InvalidEventError,
  isDossierEventType,
  parseEvent,
} from "mission-dossier";
import {
  assertPayloadConforms,
  assertPayloadFails,
  ConformanceError,
  validateEnvelope,
  validateEvent,
} from "mission-dossier/conformance";
import { ENVELOPES } from "../corpus.js";
import { treeText } from "../json-tree.js";
import { anyToken, mutatedTree } from "../mutate-json.js";
import { notingOddities } from "../oddity.js";
import { attempt, expect, expectSame } from "../outcome.js";
import { target } from "../target.js";

type Case = {
  /** The text of the envelope. */
  readonly json: string;
};

/** Envelopes: reading and verdicts. */
export const event = target<Case>({
  name: "event",
  roundSize: 500,
  cases: fc.record({
    json: fc.oneof(
      { weight: 20, arbitrary: mutatedTree(ENVELOPES).map(treeText) },
      { weight: 1, arbitrary: anyToken },
    ),
  }),
  run: ({ json }) => notingOddities([json], () => judge(json)),
});

function judge(json: string): void {
  const given: unknown = JSON.parse(json);
  const parsed = attempt(() => parseEvent(given), InvalidEventError);
  const verdict = validateEvent(given, "Event");
  const [envelope, payload] = validateEnvelope(given);
  const [strict] = validateEnvelope(given, { strict: true });
  expect("validateEvent agrees with parseEvent", verdict.valid === (parsed.kind === "result"));
  expectSame("validateEnvelope agrees with validateEvent", envelope, verdict);
  expect("what is valid in strict reading is valid", verdict.valid || !strict.valid);
  const asserted = attempt(() => assertPayloadConforms(given, "Event"), ConformanceError);
  expect(
    "assertPayloadConforms agrees with validateEvent",
    (asserted.kind === "result") === verdict.valid,
  );
  const denied = attempt(() => assertPayloadFails(given, "Event"), ConformanceError);
  expect("assertPayloadFails is the opposite", (denied.kind === "error") === verdict.valid);
  if (parsed.kind === "error") {
    expect(
      "an error has a violation",
      parsed.error instanceof InvalidEventError && parsed.error.violations.length > 0,
    );
    return;
  }
  const message = parsed.value;
  if (isDossierEventType(message.eventType)) {
    const { valid } = validateEvent(message.payload, message.eventType);
    expect("validateEnvelope judges the payload", payload?.valid === valid);
  } else {
    expect("a payload of no known type is not judged", payload === undefined);
  }
  const written: unknown = JSON.parse(JSON.stringify(eventToJson(message)));
  expectSame("an event is the same after JSON", parseEvent(written), message);
  expectSame("an event is the same after binary", eventFromBinary(eventToBinary(message)), message);
}
