import { describe, expect, test } from "vitest";
import { InvalidArgumentError, LamportClock, parseEvent } from "../../../src/index.js";
import { envelope } from "../../support/examples.js";

describe("a Lamport clock", () => {
  test("begins before its first event, and counts", () => {
    const clock = new LamportClock();
    expect([clock.time, clock.tick(), clock.tick(), clock.time]).toEqual([0, 1, 2, 2]);
  });

  test("continues from a given time", () => {
    expect(new LamportClock(7).tick()).toBe(8);
    expect(new LamportClock("9007199254740993").tick()).toBe("9007199254740994");
    expect(new LamportClock(7n).tick()).toBe(8);
  });

  test("is later than every event that it has observed, and never goes back", () => {
    const clock = new LamportClock(5);
    clock.observe({ ...envelope, lamport_clock: 9 });
    clock.observe(parseEvent({ ...envelope, lamport_clock: "3" }));
    expect(clock.time).toBe(9);
    expect(clock.tick()).toBe(10);
  });

  test("is exact where numbers are not", () => {
    const clock = new LamportClock(Number.MAX_SAFE_INTEGER);
    expect(clock.tick()).toBe("9007199254740992");
    expect(clock.tick()).toBe("9007199254740993");
    clock.observe(parseEvent({ ...envelope, lamport_clock: "9223372036854775806" }));
    expect(clock.tick()).toBe("9223372036854775807");
    expect(() => clock.tick()).toThrow(InvalidArgumentError);
    expect(clock.time).toBe("9223372036854775807");
  });

  test.each([-1, 1.5, 2 ** 53, "x", "01", "", "9223372036854775808", {}])(
    "refuses the time %j",
    (time) => {
      expect(() => new LamportClock().observe({ lamport_clock: time as never })).toThrow(
        expect.objectContaining({ name: "InvalidArgumentError", field: "lamport_clock" }),
      );
    },
  );

  test.each([null, undefined, 5, "1"])("observes no %j", (event) => {
    expect(() => new LamportClock().observe(event as never)).toThrow("event must be an event");
  });

  test.each([{}, { lamport_clock: null }, { lamportClock: undefined }])(
    "stays as it is after an event without one: %j",
    (event) => {
      const clock = new LamportClock(7);
      clock.observe(event);
      expect(clock.time).toBe(7);
    },
  );
});
