import { type Meter, propagation, type Tracer } from "@opentelemetry/api";
import { afterEach, expect, test, vi } from "vitest";
import { telemetryObserver, traceHeaders } from "../../src/nats/opentelemetry.js";

/** A meter that keeps what was reported, as text. */
function recorded() {
  const lines: string[] = [];
  const instrument = (name: string) => {
    const note = (value: number, attributes = {}) =>
      lines.push(`${name} ${value} ${JSON.stringify(attributes)}`);
    return { add: note, record: note };
  };
  const meter = {
    createCounter: instrument,
    createHistogram: instrument,
    createGauge: instrument,
  } as unknown as Meter; // Only these are used.
  return { lines, meter };
}

afterEach(() => propagation.disable());

test("everything that a worker observes is reported", () => {
  const { lines, meter } = recorded();
  const observer = telemetryObserver({ meter });
  observer.onWindow?.({ bucket: 7, events: 3, missions: 2, lag: 5, flushMs: 250 });
  observer.onRedelivered?.(4);
  observer.onLostWrite?.("m");
  const letter = { mission: "m", seq: 1, bytes: new Uint8Array(), violations: [] };
  observer.onDeadLetter?.({ ...letter, reason: "unreadable" });
  observer.onQuarantine?.({ mission: "m", seq: 1 });
  observer.onError?.(new Error());
  expect(lines).toEqual([
    "mission_dossier.events 3 {}",
    "mission_dossier.flush 0.25 {}",
    'mission_dossier.lag 5 {"bucket":7}',
    "mission_dossier.redeliveries 4 {}",
    "mission_dossier.lost_writes 1 {}",
    'mission_dossier.dead_letters 1 {"reason":"unreadable"}',
    "mission_dossier.quarantined 1 {}",
    "mission_dossier.errors 1 {}",
  ]);
});

test("an event has one trace from its publisher to the state", () => {
  const parents: unknown[] = [];
  propagation.setGlobalPropagator({
    inject: (_context, carrier) =>
      Object.assign(Object(carrier), { traceparent: "of the publisher" }),
    extract: (context, carrier) => context.setValue(KEY, Object(carrier).traceparent),
    fields: () => ["traceparent"],
  });
  const end = vi.fn();
  const startSpan: Tracer["startSpan"] = (_name, options, parent) => {
    parents.push(parent?.getValue(KEY), options?.startTime);
    return { end } as never;
  };
  const tracer = { startSpan } as Tracer;
  const { meter } = recorded();
  const deliveredAt = new Date(1);
  const observer = telemetryObserver({ meter, tracer });
  observer.onStored?.({ mission: "m", seq: 1, headers: traceHeaders(), deliveredAt });
  observer.onStored?.({ mission: "m", seq: 2, headers: {}, deliveredAt });
  expect(parents).toEqual(["of the publisher", deliveredAt]);
  expect(end).toHaveBeenCalledTimes(1);
});

const KEY = Symbol("parent");
