import type { DossierEventType, EventValue } from "../../../gen/speckitty/dossier/v1/contract.js";
import type { FrozenJsonObject } from "../json/immutable.js";
import type { ValidPayload } from "../model/registry.js";

/** An envelope that the contract accepts, with defaults filled in. */
export type ParsedEvent = Omit<EventValue, "payload" | "schemaVersion"> & {
  /** `{}` when the envelope has none. */
  readonly payload: FrozenJsonObject;
  /** When the envelope has none, `1.0.0`, or `3.0.0` for an event of that contract. */
  readonly schemaVersion: string;
};

/** A dossier event whose envelope and payload were read and judged. */
export type ParsedDossierEvent<T extends DossierEventType = DossierEventType> = {
  [K in T]: Omit<ParsedEvent, "eventType" | "payload"> & {
    readonly eventType: K;
    readonly payload: ValidPayload<K>;
  };
}[T];

/** An event of a type that is not in the contract. Its payload is any JSON. */
export type ParsedOtherEvent = Omit<ParsedEvent, "eventType"> & {
  /** Undefined, since arbitrary text cannot discriminate a union. */
  readonly eventType: undefined;
  /** The event type in the envelope. */
  readonly otherEventType: string;
};
