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
  /** The binary form of the message after a round trip, in hexadecimal digits. */
  readonly binary: string;
};

/** @param eventType The event type of the payload, or `Event` for an envelope. */
export function judge(eventType: DossierEventType | "Event", json: unknown): Judgment {
  try {
    return { violations: [], binary: hexadecimal(throughBinary(eventType, json)) };
  } catch (error) {
    if (!(error instanceof InvalidMessageError)) {
      throw error;
    }
    const violations = error.violations.map(({ field, message, violationType }) => ({
      field,
      message,
      violationType,
    }));
    return { violations, binary: "" };
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
