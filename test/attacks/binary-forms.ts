import {
  DossierAccumulator,
  type EventJson,
  eventFromBinary,
  eventToBinary,
  parseEvent,
  parsePayload,
  payloadFromBinary,
  payloadToBinary,
  reduceMissionDossier,
  stateFromBinary,
  stateToBinary,
} from "../../src/index.js";
import { envelope, identity, indexed } from "../support/examples.js";
import { asEvent, indexing } from "./attacks.js";

/** Something that has a binary form. */
export type BinaryForm = {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** Reads bytes, and writes them again. */
  readonly rewrite: (bytes: Uint8Array) => Uint8Array;
};

const INDEXED = "MissionDossierArtifactIndexed";
const payload = {
  ...indexed,
  content_ref: { ...indexed.content_ref, size_bytes: 300 },
  provenance: { source_event_ids: ["a", "b"] },
  supersedes: { ...identity, path: "old" },
  context_diagnostics: { key: "value" },
};
const other = { ...envelope, event_type: "SomethingElse", data_tier: 3 };
const structure = { text: "a", number: 1.5, list: [true, null, "b"], object: { key: "value" } };
const events: EventJson[] = [indexing("a", 1), indexing("1", 2, { step_id: "plan" })].map(asEvent);

export const BINARY_FORMS: readonly BinaryForm[] = [
  {
    what: "an event",
    bytes: eventToBinary(parseEvent({ ...other, payload: structure })),
    rewrite: (bytes) => eventToBinary(eventFromBinary(bytes)),
  },
  {
    what: "a payload",
    bytes: payloadToBinary(parsePayload(INDEXED, payload)),
    rewrite: (bytes) => payloadToBinary(payloadFromBinary(INDEXED, bytes)),
  },
  {
    what: "a state",
    bytes: stateToBinary(reduceMissionDossier(events)),
    rewrite: (bytes) => stateToBinary(stateFromBinary(bytes)),
  },
];

/** A checkpoint, which does not keep the bytes that it was read from. */
export const CHECKPOINT: BinaryForm = {
  what: "a checkpoint",
  bytes: checkpoint(),
  rewrite: (bytes) => DossierAccumulator.fromBinary(bytes).toBinary(),
};

function checkpoint(): Uint8Array {
  const accumulator = new DossierAccumulator();
  for (const event of events) {
    accumulator.add(event);
  }
  return accumulator.toBinary();
}
