import {
  DossierAccumulator,
  type DossierEventType,
  type EventJson,
  eventFromBinary,
  eventToBinary,
  eventToJson,
  type ParsedEvent,
  parseEvent,
  parsePayload,
  parseState,
  payloadFromBinary,
  payloadToBinary,
  payloadToJson,
  reduceMissionDossier,
  stateFromBinary,
  stateToBinary,
  stateToJsonString,
  type ValidPayload,
} from "../../src/index.js";

// Events and states, written and read again in each form.

export function payloadCopies<T extends DossierEventType>(
  eventType: T,
  payload: ValidPayload<T>,
): ValidPayload<T>[] {
  return [
    parsePayload(eventType, JSON.parse(JSON.stringify(payloadToJson(payload)))),
    payloadFromBinary(eventType, payloadToBinary(payload)),
  ];
}

export function eventCopies(event: ParsedEvent): ParsedEvent[] {
  return [
    parseEvent(JSON.parse(JSON.stringify(eventToJson(event)))),
    eventFromBinary(eventToBinary(event)),
  ];
}

/** The texts of the state of events: reduced, read back, and restored from a checkpoint. */
export function stateTexts(events: readonly EventJson[]): string[] {
  const state = reduceMissionDossier(events);
  const accumulator = new DossierAccumulator();
  for (const event of events) {
    accumulator.add(event);
  }
  const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
  return [
    state,
    parseState(JSON.parse(stateToJsonString(state))),
    stateFromBinary(stateToBinary(state)),
    restored.state(),
  ].map((copy) => stateToJsonString(copy));
}
