import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type EventJson,
  InvalidArgumentError,
  InvalidEventError,
  NamespaceMixedStreamError,
  ReplayRequiredError,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
  StrictError,
} from "../../src/index.js";
import { readEventFile } from "../../src/stream/file.js";
import { readEvents, reduceStream, reduceStreamByNamespace } from "../../src/stream/index.js";
import { lines, temporaryDirectory } from "../cli/command.js";
import { anyStream } from "../support/arbitrary-stream.js";
import { event, indexed, namespace } from "../support/examples.js";
import { runs } from "../support/runs.js";

async function* once(events: readonly unknown[]): AsyncGenerator<EventJson> {
  yield* events as readonly EventJson[];
}

function again(events: readonly unknown[]): AsyncIterable<EventJson> {
  return { [Symbol.asyncIterator]: () => once(events) };
}

function fill(controller: ReadableStreamDefaultController, events: readonly unknown[]): void {
  for (const each of events) {
    controller.enqueue(each);
  }
  controller.close();
}

const late = event("MissionDossierArtifactIndexed", indexed, { lamport_clock: 2 });
const needsReplay = [late, { ...late, lamport_clock: 1 }];
const elsewhere = event("MissionDossierArtifactIndexed", {
  ...indexed,
  namespace: { ...namespace, feature_slug: "elsewhere" },
});

describe("reducing an asynchronous stream", () => {
  test("gives the reports of the synchronous reducers", async () => {
    await fc.assert(
      fc.asyncProperty(anyStream, async (events) => {
        expect(await reduceStream(again(events))).toEqual(reduceWithReport(events));
        expect(await reduceStreamByNamespace(again(events))).toEqual(reduceByNamespace(events));
      }),
      { numRuns: runs(200) },
    );
  });

  test("reads the events a second time if that is possible", async () => {
    expect(await reduceStream(again(needsReplay))).toEqual(
      reduceWithReport(needsReplay as unknown as EventJson[]),
    );
    await expect(reduceStream(once(needsReplay))).rejects.toThrow(ReplayRequiredError);
    await expect(reduceStreamByNamespace(once(needsReplay))).rejects.toThrow(ReplayRequiredError);
    expect((await reduceStreamByNamespace(again(needsReplay))).missions).toHaveLength(1);
  });

  test("reads a file, text and bytes a second time", async () => {
    const text = lines(...needsReplay);
    const folder = temporaryDirectory();
    const file = folder.write("replay.jsonl", text);
    const expected = reduceWithReport(needsReplay as unknown as EventJson[]);
    for (const events of [readEventFile(file), readEvents(text), readEvents(Buffer.from(text))]) {
      expect(await reduceStream(events)).toEqual(expected);
    }
    await expect(reduceStream(readEvents(Readable.from([text])))).rejects.toThrow(
      ReplayRequiredError,
    );
  });

  test("throws if a second reading does not give all the events again", async () => {
    const sources: readonly (() => AsyncIterable<EventJson>)[] = [
      () => Readable.from(needsReplay),
      () => Readable.from([...needsReplay, elsewhere]).map((each) => each),
      () => new ReadableStream({ start: (controller) => fill(controller, needsReplay) }),
    ];
    for (const source of sources) {
      await expect(reduceStream(source())).rejects.toThrow(ReplayRequiredError);
      await expect(reduceStreamByNamespace(source())).rejects.toThrow(ReplayRequiredError);
    }
    const spent = once(needsReplay);
    const shared = { [Symbol.asyncIterator]: () => spent };
    await expect(reduceStream(shared)).rejects.toThrow(ReplayRequiredError);
  });

  test("throws for the first invalid event, or passes each to onInvalidEvent, once", async () => {
    const events = [7, ...needsReplay, { ...late, timestamp: "yesterday" }];
    await expect(reduceStream(again(events))).rejects.toMatchObject({ position: 0 });
    const errors: InvalidEventError[] = [];
    const onInvalidEvent = (error: InvalidEventError): void => void errors.push(error);
    const { state } = await reduceStream(again(events), { onInvalidEvent });
    expect(state.eventCount).toBe(1);
    expect(errors.map(({ position, field }) => [position, field])).toEqual([
      [0, ""],
      [3, "timestamp"],
    ]);
    expect(errors.every((error) => error instanceof InvalidEventError)).toBe(true);
  });

  test("is what the synchronous reducers point at when they get one", () => {
    for (const reduce of [reduceMissionDossier, reduceWithReport, reduceByNamespace]) {
      // A caller without a compiler.
      expect(() => reduce(Readable.from([]) as never)).toThrow(
        "events must be a list or another iterable (reduceStream and reduceStreamByNamespace take an async iterable), not an object.",
      );
      expect(() => reduce(5 as never)).toThrow("another iterable, not 5.");
    }
  });

  test("throws the same errors as the synchronous reducers", async () => {
    await expect(reduceStream(again([late, elsewhere]))).rejects.toThrow(NamespaceMixedStreamError);
    await expect(reduceStream(again(needsReplay), { strict: true })).rejects.toThrow(StrictError);
    await expect(reduceStream(needsReplay as never)).rejects.toThrow(InvalidArgumentError);
    await expect(reduceStream(again([]), { namespaceScope: "galaxy" as never })).rejects.toThrow(
      InvalidArgumentError,
    );
  });
});
