import {
  DOSSIER_EVENT_TYPES,
  PAYLOAD_SCHEMAS,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { NO_SUCH_FIELD } from "../errors/violation.js";
import { integerToJson } from "../json/integer-to-json.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { nearest } from "../model/nearest.js";
import { type UnknownField, unknownFieldsOf } from "../model/unknown-fields.js";
import type { DossierEvent, RejectedPayload } from "./accepted-event.js";
import { canonicalEventId } from "./event-id.js";

/** A {@link Diagnostic} without its event. */
export type Finding = Pick<
  Diagnostic,
  "code" | "field" | "expected" | "got" | "message" | "knownDefect"
>;

/** A finding as the diagnostic of an event. */
export function diagnosticOf(
  finding: Finding,
  eventId: string,
  position: number | undefined,
): Diagnostic {
  return Object.freeze({ ...finding, eventId: canonicalEventId(eventId), position });
}

/**
 * The findings about an event by itself: unknown fields, a project that differs from the
 * namespace's, a skipped payload.
 */
export function findingsIn(event: DossierEvent): readonly Finding[] {
  const { eventType, payload, envelope, unknownNumbers = NO_NUMBERS } = event;
  const unknown = unknownFieldsOf(EventSchema, envelope);
  const unknownInPayload = unknownFieldsOf(PAYLOAD_SCHEMAS[eventType], payload);
  const mismatch = projectMismatch(envelope, payload);
  if (
    unknown.length === 0 &&
    unknownNumbers.length === 0 &&
    unknownInPayload.length === 0 &&
    mismatch === undefined &&
    event.kind === "accepted"
  ) {
    return NONE;
  }
  return [
    ...(event.kind === "accepted" ? [] : [skippedPayload(event)]),
    ...unknown.map((field) => unknownField(field.path, field)),
    ...unknownNumbers.map((path) =>
      unknownField(path, { path, value: undefined, desc: EventSchema }),
    ),
    ...unknownInPayload.map((field) => unknownField(inPayload(field.path), field)),
    ...(mismatch === undefined ? [] : [mismatch]),
  ];
}

const NONE: readonly Finding[] = Object.freeze([]);
const NO_NUMBERS: readonly string[] = Object.freeze([]);
const PROJECT = EventSchema.field.projectUuid.jsonName;

function unknownField(field: string, { value, desc }: UnknownField): Finding {
  return {
    code: "unknown_field",
    field,
    expected: desc.fields.map(({ jsonName }) => jsonName),
    got: value,
    message: NO_SUCH_FIELD,
  };
}

/** The finding that a payload is skipped, by the first rule that it breaks. */
export function skippedPayload({
  eventType,
  violations: [first],
  knownDefect,
}: Pick<RejectedPayload, "eventType" | "violations" | "knownDefect">): Finding {
  const problem = `the contract rejects its payload as a ${eventType}`;
  return {
    code: "skipped_payload",
    field: inPayload(first?.field ?? ""),
    expected: first?.message,
    got: first?.inputValue,
    message: knownDefect === undefined ? problem : `${problem}: ${knownDefect.message}`,
    ...(knownDefect === undefined ? {} : { knownDefect }),
  };
}

/** The finding that an id came with more than one content. */
export const CONFLICT: Finding = {
  code: "conflicting_event",
  field: EventSchema.field.eventId.jsonName,
  expected: "the content that the id came with before",
  got: undefined,
  message: "its id came with more than one content",
};

/** The finding that a node's clock goes backwards. */
export function clockBackwards(before: number | bigint, now: number | bigint): Finding {
  return {
    code: "clock_backwards",
    field: EventSchema.field.lamportClock.jsonName,
    expected: integerToJson(before),
    got: integerToJson(now),
    message: "the Lamport clock of its node was higher before",
  };
}

/** The finding that the project of an envelope differs from that of its payload's namespace. */
export function projectMismatch(envelope: JsonMap, payload: JsonMap): Finding | undefined {
  const namespace = payload["namespace"];
  const expected = isJsonObject(namespace) ? namespace[PROJECT] : undefined;
  const got = envelope[PROJECT];
  // A value that is not text is reported as a violation.
  return typeof expected !== "string" ||
    typeof got !== "string" ||
    expected === got ||
    // In an envelope, a UUID has hyphens and any case; in a namespace, it may be any text.
    canonicalEventId(expected) === canonicalEventId(got)
    ? undefined
    : {
        code: "project_mismatch",
        field: PROJECT,
        expected,
        got,
        message: "its project_uuid is not that of its namespace",
      };
}

/**
 * The finding about an event type that is nearly one of the contract's: it has their prefix, or is
 * a misspelling of one. `expected` is the nearest type, or all types if none is near. `undefined`
 * for any other unknown type.
 */
export function unknownEventType(eventType: string): Finding | undefined {
  const suggestion = nearest(eventType, DOSSIER_EVENT_TYPES);
  return suggestion === undefined && !eventType.startsWith(BEGINNING)
    ? undefined
    : {
        code: "unknown_event_type",
        field: EventSchema.field.eventType.jsonName,
        expected: suggestion ?? DOSSIER_EVENT_TYPES,
        got: eventType,
        message: "the contract has no such event type",
      };
}

/** The prefix of every dossier event type. */
const BEGINNING = "MissionDossier";

/** The field of an envelope that holds its payload. */
export const PAYLOAD = EventSchema.field.payload.jsonName;

/** The path of a payload field, starting at the envelope. */
export function inPayload(path: string): string {
  if (path === "") {
    return PAYLOAD;
  }
  return path.startsWith("[") ? `${PAYLOAD}${path}` : `${PAYLOAD}.${path}`;
}
