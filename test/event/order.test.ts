import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareInstants, parseInstant } from "../../src/event/instant.js";
import { compareSortKeys, sortKey } from "../../src/event/order.js";
import { parseEvent } from "../../src/event/parse.js";
import { timestamp } from "../support/arbitrary-json.js";
import { envelope } from "../support/examples.js";

describe("instants", () => {
  test.each([
    ["2026-03-02T09:14:07Z", "2026-03-02T09:14:07"],
    ["2026-03-02T09:14:07Z", "2026-03-02t09:14:07z"],
    ["2026-03-02T09:14:07Z", "2026-03-02T09:14:07.000000Z"],
    ["2026-03-02T09:14:07Z", "2026-03-02T14:44:07+05:30"],
    ["2026-03-02T09:14:07Z", "2026-03-01T23:14:07-10:00"],
    ["2026-03-02T09:14:07Z", "2026-03-02T09:14:07-00:00"],
    ["2026-03-02T09:14:07.5Z", "2026-03-02T09:14:07.500"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"],
    ["2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z"],
  ])("%s and %s are one", (a, b) => {
    expect(compareInstants(parseInstant(a), parseInstant(b))).toBe(0);
  });

  test.each([
    ["2026-03-02T09:14:07Z", "2026-03-02T09:14:08Z"],
    ["2026-03-02T09:14:07Z", "2026-03-02T09:14:07.000000001Z"],
    ["2026-03-02T09:14:07.09Z", "2026-03-02T09:14:07.1Z"],
    ["2026-03-02T09:14:07.123456789Z", "2026-03-02T09:14:07.123456790Z"],
    ["2026-03-02T23:14:07+23:00", "2026-03-02T01:00:00Z"],
    ["1969-12-31T23:59:59.5Z", "1970-01-01T00:00:00Z"],
    ["1969-12-31T23:59:59.4Z", "1969-12-31T23:59:59.5Z"],
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
  ])("%s comes before %s", (a, b) => {
    expect(compareInstants(parseInstant(a), parseInstant(b))).toBeLessThan(0);
    expect(compareInstants(parseInstant(b), parseInstant(a))).toBeGreaterThan(0);
  });

  test("agree with Date to the millisecond", () => {
    fc.assert(
      fc.property(timestamp, (text) => {
        const { seconds, fraction } = parseInstant(text);
        const zoned = /[Zz]$|[+-][0-9]{2}:[0-9]{2}$/.test(text) ? text : `${text}Z`;
        const milliseconds = Number(`0.${fraction.slice(0, 3) || "0"}`) * 1000;
        expect(seconds * 1000 + Math.round(milliseconds)).toBe(Date.parse(zoned.toUpperCase()));
      }),
    );
  });

  test("take as long as they have digits, not the square of it", () => {
    // Half a million zeros before the last digit took hours with a regular expression.
    const { fraction } = parseInstant(`2026-03-02T09:14:07.${"0".repeat(500_000)}1Z`);
    expect(fraction).toHaveLength(500_001);
    expect(parseInstant(`2026-03-02T09:14:07.${"0".repeat(500_000)}Z`).fraction).toBe("");
  });

  test("text that is no timestamp is refused", () => {
    expect(() => parseInstant("yesterday")).toThrow(RangeError);
  });
});

describe("the order of events", () => {
  const early = { lamport_clock: 1, timestamp: "2026-01-01T00:00:00Z", event_id: "0".repeat(26) };
  const late = { lamport_clock: 2, timestamp: "2026-01-02T00:00:00Z", event_id: "1".repeat(26) };

  test.each([
    ["the Lamport clock first", { ...late, lamport_clock: 1 }, { ...early, lamport_clock: 2 }],
    [
      "the timestamp next",
      { ...late, ...pick(early, "lamport_clock", "timestamp") },
      { ...early, timestamp: late.timestamp },
    ],
    ["the id last", early, { ...early, event_id: late.event_id }],
    [
      "Lamport clocks by their exact value",
      { ...late, lamport_clock: "9007199254740992" },
      { ...early, lamport_clock: "9007199254740993" },
    ],
    [
      "timestamps as instants, not as text",
      { ...early, timestamp: "2026-01-01T02:00:00+05:00" },
      { ...early, timestamp: "2026-01-01T00:00:00Z" },
    ],
    [
      "ids by their canonical spelling",
      { ...early, event_id: "a".repeat(26) },
      { ...early, event_id: "B".repeat(26) },
    ],
  ])("compares %s", (_name, first, second) => {
    const [a, b] = [first, second].map((fields) => sortKey(parseEvent({ ...envelope, ...fields })));
    expect(a && b && compareSortKeys(a, b)).toBeLessThan(0);
    expect(a && b && compareSortKeys(b, a)).toBeGreaterThan(0);
    expect(a && compareSortKeys(a, a)).toBe(0);
  });

  function pick<T extends object, K extends keyof T>(object: T, ...keys: K[]): Pick<T, K> {
    // The keys are those of the object.
    return Object.fromEntries(keys.map((key) => [key, object[key]])) as Pick<T, K>;
  }
});
