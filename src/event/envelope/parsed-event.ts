import type { EventValue } from "../../../gen/speckitty/dossier/v1/contract.js";
import type { FrozenJsonObject } from "../json/immutable.js";

/** An envelope that the contract accepts, with defaults filled in. */
export type ParsedEvent = Omit<EventValue, "payload" | "schemaVersion"> & {
  /** `{}` when the envelope has none. */
  readonly payload: FrozenJsonObject;
  /** When the envelope has none, `1.0.0`, or `3.0.0` for an event of that contract. */
  readonly schemaVersion: string;
};
