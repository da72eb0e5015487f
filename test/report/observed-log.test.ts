import { describe, expect, test } from "vitest";
import { loadReplayStream } from "../../src/conformance/fixtures.js";
import { reduceStream } from "../../src/dossier/reduce-stream.js";
import type { GivenEvent } from "../../src/event/envelope/accepted-event.js";
import { Observation } from "../../src/report/observed-log.js";
import { happyPath } from "../pages/streams.js";
import { eventsOf, observe } from "./support.js";

describe("an observation", () => {
  async function* once(): AsyncGenerator<GivenEvent> {
    yield* eventsOf(happyPath);
  }

  test("forgets the events of the time before", async () => {
    const observation = new Observation();
    let from = 0;
    const events = observation.of({
      async *[Symbol.asyncIterator]() {
        yield* eventsOf(happyPath.slice(from++));
      },
    });
    await reduceStream(events);
    expect(observation.log().events()).toHaveLength(6);
    await reduceStream(events);
    expect(observation.log().events()).toHaveLength(5);
  });

  test("leaves events that can be read only once as they are", () => {
    const observed = new Observation().of(once());
    expect(observed[Symbol.asyncIterator]()).toBe(observed);
  });
});

test("events without a clock, as contract 3.0.0 has them, stand first", () => {
  const streams = ["generations-replay-later", "generations-replay-mixed"];
  for (const stream of streams.map(loadReplayStream)) {
    const clocks = observe(stream)
      .events()
      .map(({ clock }) => clock);
    expect(clocks[0]).toBe(-1);
    expect(clocks.filter(Number.isNaN)).toEqual([]);
  }
});
