import fc from "fast-check";
import {
  acceptsPayload,
  type DossierEventType,
  InvalidMessageError,
  isDossierEventType,
  parsePayload,
  payloadFromBinary,
  payloadToBinary,
  payloadToJson,
  UnknownEventTypeError,
} from "mission-dossier";
import {
  assertPayloadConforms,
  assertPayloadFails,
  ConformanceError,
  validateEvent,
} from "mission-dossier/conformance";
import { PAYLOADS } from "../corpus.js";
import { KEYS } from "../dictionary.js";
import { treeText } from "../json-tree.js";
import { anyToken, mutatedTree } from "../mutate-json.js";
import { notingOddities } from "../oddity.js";
import { attempt, expect, expectSame } from "../outcome.js";
import { target } from "../target.js";

type Case = {
  readonly eventType: string;
  /** The text of the payload. */
  readonly json: string;
};

/** Payloads: reading and every kind of verdict. */
export const payload = target<Case>({
  name: "payload",
  roundSize: 500,
  cases: fc.oneof(
    ...PAYLOADS.map(({ eventType, payloads }) => ({
      weight: 8,
      arbitrary: fc.record({
        eventType: fc.constant<string>(eventType),
        json: mutatedTree(payloads).map(treeText),
      }),
    })),
    {
      weight: 1,
      arbitrary: fc.record({
        eventType: fc.oneof(
          fc.constantFrom(...PAYLOADS.map(({ eventType }): string => eventType)),
          fc.constantFrom(...KEYS),
        ),
        json: anyToken,
      }),
    },
  ),
  run: ({ eventType, json }) => {
    const given: unknown = JSON.parse(json);
    if (isDossierEventType(eventType)) {
      notingOddities([json], () => judge(eventType, given));
    } else {
      rejectType(eventType, given);
    }
  },
});

function judge(eventType: DossierEventType, given: unknown): void {
  const parsed = attempt(() => parsePayload(eventType, given), InvalidMessageError);
  const accepted = acceptsPayload(eventType, given);
  const verdict = validateEvent(given, eventType);
  const strict = validateEvent(given, eventType, { strict: true });
  expect("acceptsPayload agrees with parsePayload", accepted === (parsed.kind === "result"));
  expect("validateEvent agrees with acceptsPayload", verdict.valid === accepted);
  expect("what is valid in strict reading is valid", verdict.valid || !strict.valid);
  expect(
    "an invalid payload has a violation",
    verdict.valid || verdict.modelViolations.length + verdict.schemaViolations.length > 0,
  );
  const asserted = attempt(() => assertPayloadConforms(given, eventType), ConformanceError);
  expect(
    "assertPayloadConforms agrees with validateEvent",
    (asserted.kind === "result") === verdict.valid,
  );
  const denied = attempt(() => assertPayloadFails(given, eventType), ConformanceError);
  expect("assertPayloadFails is the opposite", (denied.kind === "error") === verdict.valid);
  if (parsed.kind === "error") {
    expect(
      "an error has a violation",
      parsed.error instanceof InvalidMessageError && parsed.error.violations.length > 0,
    );
    return;
  }
  const message = parsed.value;
  const written: unknown = JSON.parse(JSON.stringify(payloadToJson(message)));
  expectSame("a payload is the same after JSON", parsePayload(eventType, written), message);
  const binary = payloadToBinary(message);
  expectSame("a payload is the same after binary", payloadFromBinary(eventType, binary), message);
}

function rejectType(eventType: string, given: unknown): void {
  // Callers without a compiler give any text.
  const type = eventType as DossierEventType;
  for (const action of [
    () => parsePayload(type, given),
    () => acceptsPayload(type, given),
    () => payloadFromBinary(type, new Uint8Array()),
  ]) {
    const { kind } = attempt<unknown>(action, UnknownEventTypeError);
    expect("an unknown event type is rejected", kind === "error");
  }
}
