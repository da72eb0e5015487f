import type { JsonObject } from "@bufbuild/protobuf";
import type { EventJson } from "../../../gen/speckitty/dossier/v1/contract.js";
import { InvalidArgumentError } from "../errors/errors.js";
import { deepFreeze, type Frozen } from "../json/immutable.js";
import { isAbsent, isJsonObject, type JsonMap } from "../json/json-object.js";
import { type GivenEvent, isEventMessage } from "./accepted-event.js";
import { eventToJson } from "./event-to-json.js";
import { parseEvent } from "./parse-event.js";

/**
 * An event in the JSON of [CloudEvents](https://cloudevents.io) 1.0, structured mode:
 * media type `application/cloudevents+json`. The extension attributes without a comment have the
 * values of the envelope fields with the same names, apart from underscores.
 */
export type CloudEventJson = {
  readonly specversion: "1.0";
  /** The `event_id`. */
  readonly id: string;
  /** The `project_uuid`, as `urn:uuid:…`. */
  readonly source: string;
  /** The `event_type`. */
  readonly type: string;
  /** The `aggregate_id`. */
  readonly subject: string;
  /** The `timestamp`, with `Z` added if it has no zone. */
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly nodeid: string;
  /** A string from 2^31 on, since integers in CloudEvents have 32 bits. */
  readonly lamportclock?: number | string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly projectslug?: string;
  readonly buildid?: string;
  readonly schemaversion: string;
  /** Absent means 0. */
  readonly datatier?: number;
  /** The `payload`. */
  readonly data: Frozen<JsonObject>;
};

/**
 * Writes an event as a CloudEvent. {@link fromCloudEvent} restores the same event.
 *
 * @throws InvalidEventError with every rule that the envelope breaks. The payload is not
 * judged.
 */
export function toCloudEvent(event: GivenEvent): CloudEventJson {
  const parsed = parseEvent(isEventMessage(event) ? eventToJson(event) : event);
  const { causationId, buildId, projectSlug, dataTier, lamportClock } = parsed;
  return deepFreeze({
    specversion: "1.0",
    id: parsed.eventId,
    source: `${URN}${parsed.projectUuid}`,
    type: parsed.eventType,
    subject: parsed.aggregateId,
    time: /(?:[Zz]|[+-][0-9:]+)$/.test(parsed.timestamp.slice(10))
      ? parsed.timestamp
      : `${parsed.timestamp}Z`,
    datacontenttype: "application/json",
    nodeid: parsed.nodeId,
    ...(lamportClock === undefined
      ? {}
      : {
          lamportclock: lamportClock < 2n ** 31n ? Number(lamportClock) : lamportClock.toString(),
        }),
    correlationid: parsed.correlationId,
    ...(causationId === undefined ? {} : { causationid: causationId }),
    ...(projectSlug === undefined ? {} : { projectslug: projectSlug }),
    ...(buildId === undefined ? {} : { buildid: buildId }),
    schemaversion: parsed.schemaVersion,
    ...(dataTier === 0 ? {} : { datatier: dataTier }),
    data: parsed.payload,
  });
}

const URN = "urn:uuid:";

/**
 * Reads an event from a CloudEvent: its JSON in structured mode, or an object of an SDK
 * that has the attributes as properties. Attributes of other extensions are ignored.
 *
 * @returns The wire JSON of the event, frozen.
 * @throws InvalidArgumentError when it is not a CloudEvent of version 1.0, or its data is binary.
 * @throws InvalidEventError with every rule that the envelope breaks. The payload is not
 * judged.
 */
export function fromCloudEvent(cloudEvent: unknown): Frozen<EventJson> {
  if (!isJsonObject(cloudEvent) || cloudEvent["specversion"] !== "1.0") {
    const got = isJsonObject(cloudEvent) ? cloudEvent["specversion"] : cloudEvent;
    throw new InvalidArgumentError("cloudEvent", "a CloudEvent of version 1.0", got);
  }
  const { source, data_base64 } = cloudEvent;
  if (!isAbsent(data_base64)) {
    throw new InvalidArgumentError(
      "cloudEvent.data_base64",
      "absent: the payload is JSON, in data",
      data_base64,
    );
  }
  const envelope: JsonMap = {
    event_id: cloudEvent["id"],
    event_type: cloudEvent["type"],
    aggregate_id: cloudEvent["subject"],
    timestamp: cloudEvent["time"],
    node_id: cloudEvent["nodeid"],
    lamport_clock: cloudEvent["lamportclock"],
    project_uuid:
      typeof source === "string" && source.startsWith(URN) ? source.slice(URN.length) : source,
    project_slug: cloudEvent["projectslug"],
    correlation_id: cloudEvent["correlationid"],
    causation_id: cloudEvent["causationid"],
    schema_version: cloudEvent["schemaversion"],
    data_tier: cloudEvent["datatier"],
    build_id: cloudEvent["buildid"],
    payload: cloudEvent["data"],
  };
  return deepFreeze(eventToJson(parseEvent(envelope)));
}
