// Judges a fixture with the library. Node and the page both do, and their results must agree.
import {
  type DossierEventType,
  eventFromBinary,
  eventToBinary,
  InvalidMessageError,
  parseEvent,
  parsePayload,
  payloadFromBinary,
  payloadToBinary,
  type Violation,
} from "mission-dossier";

export type Judgment = {
  /** Empty when the contract accepts the JSON. */
  readonly violations: readonly Pick<Violation, "field" | "message" | "violationType">[];
  /**
   * The binary form of the message after a round trip, in hexadecimal digits. Empty for an
   * event whose payload has none.
   */
  readonly binary: string;
};

/** @param eventType The event type of the payload, or `Event` for an envelope. */
export function judge(eventType: DossierEventType | "Event", json: unknown): Judgment {
  const read = eventType === "Event" ? () => parseEvent(json) : () => parsePayload(eventType, json);
  const violations = violationsOf(read);
  const isWritable =
    violations.length === 0 && violationsOf(() => throughBinary(eventType, json)).length === 0;
  return { violations, binary: isWritable ? hexadecimal(throughBinary(eventType, json)) : "" };
}

function violationsOf(read: () => unknown): Judgment["violations"] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof InvalidMessageError)) {
      throw error;
    }
    return error.violations.map(({ field, message, violationType }) => ({
      field,
      message,
      violationType,
    }));
  }
}

function throughBinary(eventType: DossierEventType | "Event", json: unknown): Uint8Array {
  if (eventType === "Event") {
    return eventToBinary(eventFromBinary(eventToBinary(parseEvent(json))));
  }
  const binary = payloadToBinary(parsePayload(eventType, json));
  return payloadToBinary(payloadFromBinary(eventType, binary));
}

function hexadecimal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
