import fc from "fast-check";
import {
  DOSSIER_EVENT_TYPES,
  type DossierEventType,
  eventFromBinary,
  eventToBinary,
  eventToJson,
  InvalidBinaryError,
  InvalidEventError,
  InvalidMessageError,
  parseEvent,
  parsePayload,
  parseState,
  payloadFromBinary,
  payloadToBinary,
  payloadToJson,
  stateFromBinary,
  stateToBinary,
} from "mission-dossier";
import { ENVELOPES, PAYLOADS, STATES } from "../corpus.js";
import { known } from "../known.js";
import { mutatedBytes } from "../mutate-bytes.js";
import { attempt, expect, expectSame } from "../outcome.js";
import { target } from "../target.js";
import { expectStateIsKept } from "./state.js";

type Case = {
  readonly kind: "event" | "state" | DossierEventType;
  readonly base64: string;
};

type Kind = { readonly kind: Case["kind"]; readonly binaries: readonly Uint8Array[] };

const kinds: readonly Kind[] = [
  {
    kind: "event",
    binaries: ENVELOPES.flatMap((json) => valid(() => eventToBinary(parseEvent(json)))),
  },
  ...PAYLOADS.map(({ eventType, payloads }) => ({
    kind: eventType,
    binaries: payloads.flatMap((json) =>
      valid(() => payloadToBinary(parsePayload(eventType, json))),
    ),
  })),
  { kind: "state", binaries: STATES.map((json) => stateToBinary(parseState(json))) },
];

function valid(binary: () => Uint8Array): Uint8Array[] {
  const outcome = attempt(binary, InvalidMessageError);
  return outcome.kind === "result" ? [outcome.value] : [];
}

/** Messages in their binary form. */
export const binary = target<Case>({
  name: "binary",
  roundSize: 500,
  cases: fc.oneof(
    ...kinds.map(({ kind, binaries }) =>
      fc.record({
        kind: fc.constant(kind),
        base64: fc
          .oneof(
            { weight: 10, arbitrary: mutatedBytes(fc.constantFrom(...binaries)) },
            // Two messages one after the other are one, in which the later fields count.
            { weight: 2, arbitrary: mutatedBytes(joined(binaries), 2) },
            { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
          )
          .map((bytes) => Buffer.from(bytes).toString("base64")),
      }),
    ),
  ),
  run: ({ kind, base64 }) => {
    const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
    if (kind === "event") {
      readAsEvent(bytes);
    } else if (kind === "state") {
      const read = attempt(() => stateFromBinary(bytes), InvalidBinaryError, InvalidMessageError);
      if (read.kind === "result") {
        expectStateIsKept(read.value);
      }
    } else {
      readAsPayload(kind, bytes);
    }
  },
});

function joined(binaries: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const one = fc.constantFrom(...binaries);
  return fc.tuple(one, one).map((both) => Uint8Array.from(Buffer.concat(both)));
}

function readAsEvent(bytes: Uint8Array): void {
  const read = attempt(() => eventFromBinary(bytes), InvalidBinaryError, InvalidEventError);
  if (read.kind === "error") {
    return;
  }
  const message = read.value;
  expectSame("an event is the same after binary", eventFromBinary(eventToBinary(message)), message);
  const json: unknown = JSON.parse(JSON.stringify(eventToJson(message)));
  expectSame("an event is the same after JSON", parseEvent(json), known(message));
}

function readAsPayload(eventType: DossierEventType, bytes: Uint8Array): void {
  expect("the event type is known", DOSSIER_EVENT_TYPES.includes(eventType));
  const read = attempt(
    () => payloadFromBinary(eventType, bytes),
    InvalidBinaryError,
    InvalidMessageError,
  );
  if (read.kind === "error") {
    return;
  }
  const message = read.value;
  const again = payloadFromBinary(eventType, payloadToBinary(message));
  expectSame("a payload is the same after binary", again, message);
  const json: unknown = JSON.parse(JSON.stringify(payloadToJson(message)));
  expectSame("a payload is the same after JSON", parsePayload(eventType, json), known(message));
}
