import {
  type Attributes,
  context,
  type Meter,
  metrics,
  propagation,
  SpanKind,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { WorkerObserver } from "./observer.js";

/** Where measurements and spans go. The defaults are those that the application registered. */
export type TelemetryOptions = {
  /** Takes the metrics. */
  readonly meter?: Meter;
  /** Takes the spans. */
  readonly tracer?: Tracer;
};

/**
 * An observer for `NatsWorker.start` that reports to OpenTelemetry.
 *
 * | metric | unit | attributes |
 * |---|---|---|
 * | `mission_dossier.events` | events that were stored | |
 * | `mission_dossier.redeliveries` | events | |
 * | `mission_dossier.lost_writes` | writes | |
 * | `mission_dossier.dead_letters` | letters | `reason` |
 * | `mission_dossier.quarantined` | events | |
 * | `mission_dossier.errors` | errors | |
 * | `mission_dossier.flush` | seconds to store a window | |
 * | `mission_dossier.lag` | events that wait | `bucket` |
 *
 * An event that was published with {@link traceHeaders} gets a span, in the trace of its
 * publisher, from its delivery until it is part of the state.
 */
export function telemetryObserver({
  meter = metrics.getMeter(NAME),
  tracer = trace.getTracer(NAME),
}: TelemetryOptions = {}): WorkerObserver {
  const counter = (name: string) => meter.createCounter(`mission_dossier.${name}`);
  const events = counter("events");
  const redeliveries = counter("redeliveries");
  const lostWrites = counter("lost_writes");
  const deadLetters = counter("dead_letters");
  const quarantined = counter("quarantined");
  const errors = counter("errors");
  const flush = meter.createHistogram("mission_dossier.flush", { unit: "s" });
  const lag = meter.createGauge("mission_dossier.lag");
  return {
    onWindow: (window) => {
      events.add(window.events);
      flush.record(window.flushMs / 1_000);
      lag.record(window.lag, { bucket: window.bucket });
    },
    onStored: ({ mission, seq, headers, deliveredAt }) => {
      if (Object.keys(headers).length > 0) {
        const parent = propagation.extract(context.active(), headers);
        const attributes: Attributes = {
          "mission_dossier.mission": mission,
          "mission_dossier.seq": seq,
        };
        const options = { kind: SpanKind.CONSUMER, startTime: deliveredAt, attributes };
        tracer.startSpan("mission-dossier project", options, parent).end();
      }
    },
    onRedelivered: (count) => redeliveries.add(count),
    onLostWrite: () => lostWrites.add(1),
    onDeadLetter: ({ reason }) => deadLetters.add(1, { reason }),
    onQuarantine: () => quarantined.add(1),
    onError: () => errors.add(1),
  };
}

/** Headers for `publishToNats`, which carry the trace that is active when it is called. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

const NAME = "mission-dossier";
