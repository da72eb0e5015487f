import { readFileSync } from "node:fs";
import { DRIFT_SCENARIO, HAPPY_PATH, lines } from "../cli/command.js";

/** An event of a fixture, of which tests change a few fields. */
export type Json = { [name: string]: unknown };

/** The events of the stream that ends clean. */
export const happyPath = eventsIn(HAPPY_PATH);
/** The events of the stream that ends drifted. */
export const driftScenario = eventsIn(DRIFT_SCENARIO);

function eventsIn(file: string): Json[] {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Names that try to be markup, to end a script, to be special keys, or to look like others. */
export const HOSTILE_NAMES = [
  "</script><script>alert(1)</script>",
  "<!--<script>",
  "]]><img src=x onerror=alert(1)>",
  "<style>body{display:none}</style>",
  '"><svg onload=alert(1)>',
  "javascript:alert(1)",
  "%REPORT%",
  "$&$'",
  "__proto__",
  "constructor",
  "a\u202egpj.exe",
  "line\nbreak\u0000",
  "\u2028\u2029",
  "🦊",
  "x".repeat(10_000),
];

/**
 * A stream whose paths are the hostile names, and so are all its other free texts. Of each name,
 * one event is valid, and one breaks the contract with it.
 */
export function hostileStream(): string {
  const [first = {}] = happyPath;
  const payload = first["payload"] as Json;
  return lines(
    ...HOSTILE_NAMES.flatMap((name, index) => {
      const event = {
        ...first,
        lamport_clock: index,
        payload: {
          ...payload,
          namespace: {
            ...object(payload["namespace"]),
            feature_slug: HOSTILE_NAMES[0],
            step_id: name,
          },
          artifact_id: { ...object(payload["artifact_id"]), path: name },
          indexed_at: name,
          step_id: name,
        },
      };
      const broken = { ...event.payload, content_ref: { hash: "0", algorithm: name } };
      return [
        { ...event, event_id: eventId(2 * index) },
        { ...event, event_id: eventId(2 * index + 1), payload: broken },
      ];
    }),
  );
}

function object(value: unknown): Json {
  return value as Json;
}

/** A stream of many events about many artifacts, with all that may happen to them. */
export function largeStream(events: number, artifacts: number): string {
  const [indexed, , , snapshot] = happyPath;
  const [, , , missing, drift] = driftScenario;
  const { namespace } = object(indexed?.["payload"]);
  return lines(
    ...Array.from({ length: events }, (_, index) => {
      const kind =
        index < artifacts ? indexed : ([missing, snapshot, drift][index % 300] ?? indexed);
      const payload: Json = { ...object(kind?.["payload"]), namespace };
      const path = `src/module-${(index % artifacts) % 97}/file-${index % artifacts}.ts`;
      return {
        ...kind,
        event_id: eventId(index),
        lamport_clock: index,
        timestamp: new Date(1_772_442_847_000 + index * 2500).toISOString(),
        payload:
          kind === indexed
            ? {
                ...payload,
                artifact_id: { ...object(payload["artifact_id"]), path },
              }
            : payload,
      };
    }),
  );
}

function eventId(index: number): string {
  return `01KJPX728XHP8XB9${String(index).padStart(10, "0")}`;
}
