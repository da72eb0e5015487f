import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { createInterface } from "node:readline";
import { fromBinary, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import {
  auditEvents,
  DossierAccumulator,
  type EventJson,
  EventSchema,
  eventFromBinary,
  eventToBinary,
  isDossierEventType,
  PAYLOAD_SCHEMAS,
  type ParsedEvent,
  parseEvent,
  reduceByNamespace,
  reduceMissionDossier,
} from "mission-dossier";
import { schemaText, validateEnvelope } from "mission-dossier/conformance";
import { auditStream, reduceStream as reduceAsStream } from "mission-dossier/stream";
import { readEventFile } from "mission-dossier/stream/file";
import { z } from "zod";

/** Processes a file of JSON Lines, and returns the number of events that it counted. */
export type Contender = (file: string) => number | Promise<number>;

const CHUNK_SIZE = 2 ** 18;
const LINE_FEED = 0x0a;

/** Parses the JSON of each line, as fast as we know how to. */
function* jsonLines(file: string): Generator<EventJson, void, undefined> {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(CHUNK_SIZE);
    let rest = Buffer.alloc(0);
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
      let start = 0;
      let end = buffer.subarray(0, read).indexOf(LINE_FEED);
      while (end !== -1 && end < read) {
        const line = buffer.toString("utf8", start, end);
        yield JSON.parse(rest.length > 0 ? rest.toString() + line : line);
        rest = rest.length > 0 ? Buffer.alloc(0) : rest;
        start = end + 1;
        end = buffer.indexOf(LINE_FEED, start);
      }
      rest = Buffer.concat([rest, buffer.subarray(start, read)]);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The events of a file, which can be read again. */
function eventsOf(file: string): Iterable<EventJson> {
  return { [Symbol.iterator]: () => jsonLines(file) };
}

function each(file: string, use: (event: EventJson) => unknown): number {
  let count = 0;
  for (const event of jsonLines(file)) {
    count += use(event) === undefined ? 0 : 1;
  }
  return count;
}

/** Only reads the lines and parses their JSON: the work that no program can avoid. */
export const floor: Contender = (file) => each(file, (event) => event.event_id);

/** The same, with Node's line reader. */
export const withReadline: Contender = async (file) => {
  let count = 0;
  const input = createReadStream(file, { highWaterMark: CHUNK_SIZE });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    count += JSON.parse(line).event_id === undefined ? 0 : 1;
  }
  return count;
};

/** Our reducer, on the lines of {@link floor}. */
export const reduce: Contender = (file) => reduceMissionDossier(eventsOf(file)).eventCount;

/** Our audit, on the lines of {@link floor}. */
export const audit: Contender = (file) => auditEvents(eventsOf(file)).eventCount;

/** Our reducer with a report, on the events of our stream reader. */
export const reduceReport: Contender = async (file) =>
  (await reduceAsStream(readEventFile(file))).state.eventCount;

/** Our audit, on the events of our stream reader. */
export const auditOfStream: Contender = async (file) =>
  (await auditStream(readEventFile(file))).eventCount;

/** Our reducer of many missions. */
export const reduceEach: Contender = (file) =>
  reduceByNamespace(eventsOf(file)).missions.reduce((sum, { state }) => sum + state.eventCount, 0);

/** Our reducer, on the events of our stream reader. */
export const reduceStream: Contender = async (file) => {
  const accumulator = new DossierAccumulator();
  for await (const event of readEventFile(file)) {
    accumulator.add(event);
  }
  return accumulator.state().eventCount;
};

/** An accumulator with all events of a file. */
export function accumulate(file: string): DossierAccumulator {
  const accumulator = new DossierAccumulator();
  each(file, (event) => accumulator.add(event));
  return accumulator;
}

/**
 * The two halves of a file's events in accumulators, or the first half only.
 *
 * @param events How many events the file has.
 */
export function halves(
  file: string,
  events: number,
  count: 1 | 2 = 2,
): [DossierAccumulator, DossierAccumulator] {
  const parts: [DossierAccumulator, DossierAccumulator] = [
    new DossierAccumulator(),
    new DossierAccumulator(),
  ];
  let index = 0;
  for (const event of jsonLines(file)) {
    const part = index++ * 2 < events ? 0 : 1;
    if (part === count) {
      break;
    }
    parts[part].add(event);
  }
  return parts;
}

/** A new accumulator with all events of others. */
export function merged(...accumulators: readonly DossierAccumulator[]): DossierAccumulator {
  const all = new DossierAccumulator();
  for (const accumulator of accumulators) {
    all.merge(accumulator);
  }
  return all;
}

/** Our verdict on envelope and payload. */
export const validate: Contender = (file) =>
  each(file, (event) => (validateEnvelope(event).every(({ valid }) => valid) ? event : undefined));

/** The same with zod, using the generated JSON Schemas of the contract. */
export const withZod: Contender = (file) => {
  const envelope = zodSchema("event");
  const payloads = Object.fromEntries(
    Object.entries(PAYLOAD_SCHEMAS).map(([type, { name }]) => [type, zodSchema(snakeCase(name))]),
  );
  return each(file, (event) =>
    envelope.safeParse(event).success &&
    payloads[event.event_type]?.safeParse(event.payload).success
      ? event
      : undefined,
  );
};

/** The same with messages: protobuf-es decodes them, protovalidate judges them. */
export const withProtovalidate: Contender = (file) => {
  const validator = createValidator();
  const options = { ignoreUnknownFields: true };
  return each(file, ({ payload, ...envelope }) => {
    const { event_type } = envelope;
    if (!isDossierEventType(event_type)) {
      return undefined;
    }
    const event = fromJson(EventSchema, envelope as JsonValue, options);
    const schema = PAYLOAD_SCHEMAS[event_type];
    const message = fromJson(schema, payload as JsonValue, options);
    return validator.validate(EventSchema, event).kind === "valid" &&
      validator.validate(schema, message).kind === "valid"
      ? event
      : undefined;
  });
};

function zodSchema(name: string): z.ZodType {
  return z.fromJSONSchema(JSON.parse(schemaText(name)));
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

/** The binary form of the first events of a file. */
export function binaryEvents(file: string, count: number): Uint8Array[] {
  const events: Uint8Array[] = [];
  for (const event of jsonLines(file)) {
    if (events.length === count) {
      break;
    }
    events.push(eventToBinary(parseEvent(event)));
  }
  return events;
}

/** Only decodes binary events. */
export function decodeBinary(events: readonly Uint8Array[]): number {
  let count = 0;
  for (const bytes of events) {
    count += fromBinary(EventSchema, bytes).eventId === undefined ? 0 : 1;
  }
  return count;
}

/** Our reducer on binary events. */
export function reduceBinary(events: readonly Uint8Array[]): number {
  return reduceMissionDossier(read(events)).eventCount;
}

function* read(events: readonly Uint8Array[]): Generator<ParsedEvent, void, undefined> {
  for (const bytes of events) {
    yield eventFromBinary(bytes);
  }
}
