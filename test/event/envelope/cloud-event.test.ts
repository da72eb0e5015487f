import { CloudEvent, HTTP } from "cloudevents";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  EventSchema,
  eventToJson,
  fromCloudEvent,
  InvalidEventError,
  parseEvent,
  toCloudEvent,
} from "../../../src/index.js";
import { validJson } from "../../support/arbitrary-json.js";
import { envelope, indexed } from "../../support/examples.js";

const whole = {
  ...envelope,
  project_slug: "p",
  causation_id: "01KJPZ8V2M4T6R1E9C3H5N7QWC",
  schema_version: "2.1.0",
  data_tier: 3,
  payload: { ...indexed, unknown: [1, null, { a: "b" }] },
};

describe("an event as a CloudEvent", () => {
  test("has its attributes and extensions where CloudEvents has them", () => {
    expect(toCloudEvent(whole)).toEqual({
      specversion: "1.0",
      id: envelope.event_id,
      source: `urn:uuid:${envelope.project_uuid}`,
      type: "MissionDossierArtifactIndexed",
      subject: envelope.aggregate_id,
      time: envelope.timestamp,
      datacontenttype: "application/json",
      nodeid: envelope.node_id,
      lamportclock: 1,
      correlationid: envelope.correlation_id,
      causationid: whole.causation_id,
      projectslug: "p",
      schemaversion: "2.1.0",
      datatier: 3,
      data: whole.payload,
    });
  });

  test("is read back as the same event", () => {
    expect(fromCloudEvent(toCloudEvent(whole))).toEqual(whole);
    fc.assert(
      fc.property(validJson(EventSchema), (json) => {
        const event = parseEvent(json);
        const again = parseEvent(fromCloudEvent(JSON.parse(JSON.stringify(toCloudEvent(event)))));
        // A timestamp without a zone is in UTC.
        const timestamp = toCloudEvent(event).time;
        expect(eventToJson(again)).toEqual(
          JSON.parse(JSON.stringify({ ...eventToJson(event), timestamp })),
        );
      }),
      { numRuns: 50 },
    );
  });

  test.each([2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, "9007199254740993", "9223372036854775807"])(
    "has the exact Lamport clock %s, as an integer of 32 bits or as text",
    (lamport_clock) => {
      const { lamportclock } = toCloudEvent({ ...whole, lamport_clock });
      expect(typeof lamportclock).toBe(lamport_clock === 2 ** 31 - 1 ? "number" : "string");
      expect(fromCloudEvent({ ...toCloudEvent(whole), lamportclock })).toEqual({
        ...whole,
        lamport_clock,
      });
    },
  );

  test.each([
    ["2026-03-02T09:14:07", "2026-03-02T09:14:07Z"],
    ["2026-03-02T09:14:07.123456789", "2026-03-02T09:14:07.123456789Z"],
    ["2026-03-02t09:14:07+05:30", "2026-03-02t09:14:07+05:30"],
  ])("has the time %s as %s", (timestamp, time) => {
    expect(toCloudEvent({ ...whole, timestamp }).time).toBe(time);
  });

  test("is the same for messages as for JSON, and frozen", () => {
    const cloudEvent = toCloudEvent(parseEvent(whole));
    expect(cloudEvent).toEqual(toCloudEvent(whole));
    expect(Object.isFrozen(cloudEvent) && Object.isFrozen(cloudEvent.data)).toBe(true);
    expect(Object.isFrozen(fromCloudEvent(cloudEvent))).toBe(true);
  });
});

describe("the official SDK", () => {
  test("accepts it in strict mode, and sends and receives it in structured mode", () => {
    const sent = HTTP.structured(new CloudEvent({ ...toCloudEvent(whole) }, true));
    expect(sent.headers["content-type"]).toContain("application/cloudevents+json");
    const received = HTTP.toEvent({ headers: sent.headers, body: sent.body });
    // The SDK writes each time with milliseconds.
    const timestamp = new Date(whole.timestamp).toISOString();
    expect(fromCloudEvent(received)).toEqual({ ...whole, timestamp });
  });

  test("reads the text that this package writes", () => {
    const headers = { "content-type": "application/cloudevents+json" };
    const received = HTTP.toEvent({ headers, body: JSON.stringify(toCloudEvent(whole)) });
    expect(received).toMatchObject({ id: whole.event_id, lamportclock: 1, nodeid: whole.node_id });
  });
});

describe("anything that is not an event is refused", () => {
  test.each([null, "x", [], {}, { ...toCloudEvent(whole), specversion: "0.3" }])("%#", (given) => {
    expect(() => fromCloudEvent(given)).toThrow("cloudEvent must be a CloudEvent of version 1.0");
  });

  test("if its data is binary, which would be lost", () => {
    const { data, ...rest } = toCloudEvent(whole);
    const binary = { ...rest, data_base64: btoa(JSON.stringify(data)) };
    expect(() => fromCloudEvent(binary)).toThrow("cloudEvent.data_base64 must be absent");
  });

  test("with every violation", () => {
    const { nodeid, ...rest } = toCloudEvent(whole);
    const broken = { ...rest, source: "https://example.org/", data: "text" };
    expect(() => fromCloudEvent(broken)).toThrow(InvalidEventError);
    try {
      fromCloudEvent(broken);
    } catch (error) {
      const fields =
        error instanceof InvalidEventError && error.violations.map((each) => each.field);
      expect(fields).toEqual(["payload", "node_id", "project_uuid"]);
    }
    expect(() => toCloudEvent({ ...whole, node_id: "" })).toThrow(InvalidEventError);
  });
});
