import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canonicalEventId,
  eventIdIn,
  isSameEventId,
} from "../../../src/event/envelope/event-id.js";
import { parseInstant } from "../../../src/event/envelope/instant.js";
import {
  clockIn,
  compareSortKeys,
  ID_AT,
  isSortKey,
  SORT_KEY_WORDS,
  type SortKeyFields,
  secondsIn,
  writeClock,
  writeSeconds,
  writeSortKey,
} from "../../../src/event/envelope/sort-key.js";
import { eventId, timestamp } from "../../support/arbitrary-json.js";
import { envelope } from "../../support/examples.js";
import { runs } from "../../support/runs.js";

type Key = { readonly words: Uint32Array; readonly at: number; readonly furtherDigits: string };

/** The sort key of the example envelope with other fields. */
function keyOf(fields: Partial<SortKeyFields>): Key {
  // Between other words.
  const [words, at] = [new Uint32Array(SORT_KEY_WORDS + 7).fill(0xffff_ffff), 3];
  return { words, at, furtherDigits: writeSortKey(words, at, { ...envelope, ...fields }) };
}

function compare(a: Key, b: Key): number {
  return compareSortKeys(a.words, a.at, a.furtherDigits, b.words, b.at, b.furtherDigits);
}

function compareTimes(a: string, b: string): number {
  return compare(keyOf({ timestamp: a }), keyOf({ timestamp: b }));
}

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
    expect(compareTimes(a, b)).toBe(0);
  });

  test.each([
    ["2026-03-02T09:14:07Z", "2026-03-02T09:14:08Z"],
    ["2026-03-02T09:14:07Z", "2026-03-02T09:14:07.000000001Z"],
    ["2026-03-02T09:14:07.09Z", "2026-03-02T09:14:07.1Z"],
    ["2026-03-02T09:14:07.123456789Z", "2026-03-02T09:14:07.123456790Z"],
    ["2026-03-02T09:14:07.123456789Z", "2026-03-02T09:14:07.12345678901Z"],
    ["2026-03-02T09:14:07.12345678909Z", "2026-03-02T09:14:07.1234567891Z"],
    ["2026-03-02T09:14:07.9999999999Z", "2026-03-02T09:14:08Z"],
    ["2026-03-02T23:14:07+23:00", "2026-03-02T01:00:00Z"],
    ["1969-12-31T23:59:59.5Z", "1970-01-01T00:00:00Z"],
    ["1969-12-31T23:59:59.4Z", "1969-12-31T23:59:59.5Z"],
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
    ["0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00Z"],
    ["0000-02-29T23:59:59Z", "0000-03-01T00:00:00Z"],
    ["0099-12-31T23:59:59Z", "0100-01-01T00:00:00Z"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:60-23:59"],
  ])("%s comes before %s", (a, b) => {
    expect(compareTimes(a, b)).toBeLessThan(0);
    expect(compareTimes(b, a)).toBeGreaterThan(0);
  });

  test("agree with Date to the millisecond", () => {
    fc.assert(
      fc.property(timestamp, (text) => {
        const { seconds, nanoseconds } = parseInstant(text);
        const zoned = /[Zz]$|[+-][0-9]{2}:[0-9]{2}$/.test(text) ? text : `${text}Z`;
        expect(seconds * 1000 + Math.floor(nanoseconds / 1e6)).toBe(
          Date.parse(zoned.toUpperCase()),
        );
      }),
      { numRuns: runs(1000) },
    );
  });

  test("take time linear in their digits, not quadratic", () => {
    // Half a million zeros before the last digit took hours with a regular expression.
    const zeros = "0".repeat(500_000);
    expect(parseInstant(`2026-03-02T09:14:07.${zeros}1Z`).furtherDigits).toHaveLength(499_992);
    expect(parseInstant(`2026-03-02T09:14:07.${zeros}Z`).furtherDigits).toBe("");
  });
});

describe("the order of events", () => {
  const early = { lamport_clock: 1, timestamp: "2026-01-01T00:00:00Z", event_id: "0".repeat(26) };
  const late = { lamport_clock: 2, timestamp: "2026-01-02T00:00:00Z", event_id: "1".repeat(26) };

  test.each([
    ["the Lamport clock first", { ...late, lamport_clock: 1 }, { ...early, lamport_clock: 2 }],
    [
      "the timestamp next",
      { ...late, lamport_clock: early.lamport_clock, timestamp: early.timestamp },
      { ...early, timestamp: late.timestamp },
    ],
    ["the id last", early, { ...early, event_id: late.event_id }],
    [
      "Lamport clocks by their exact value",
      { ...late, lamport_clock: "9007199254740992" },
      { ...early, lamport_clock: "9007199254740993" },
    ],
    [
      "Lamport clocks beyond 32 bits",
      { ...late, lamport_clock: 2 ** 32 - 1 },
      { ...early, lamport_clock: 2 ** 32 },
    ],
    [
      "the largest Lamport clocks",
      { ...late, lamport_clock: 2n ** 63n - 2n },
      { ...early, lamport_clock: 2n ** 63n - 1n },
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
    const [a, b] = [keyOf(first), keyOf(second)];
    expect(compare(a, b)).toBeLessThan(0);
    expect(compare(b, a)).toBeGreaterThan(0);
    expect(compare(a, a)).toBe(0);
    expect(clockIn(a.words, a.at)).toBe(BigInt(first.lamport_clock));
  });

  test("is that of the canonical ids, ULIDs and UUIDs mixed", () => {
    fc.assert(
      fc.property(eventId, eventId, (first, second) => {
        const [a, b] = [first, second].map((event_id) => keyOf({ event_id }));
        const [textA, textB] = [canonicalEventId(first), canonicalEventId(second)];
        const expected = textA < textB ? -1 : textA > textB ? 1 : 0;
        expect(a && b && Math.sign(compare(a, b))).toBe(expected);
        expect(a && b && isSameEventId(a.words, a.at + ID_AT, b.words, b.at + ID_AT)).toBe(
          expected === 0,
        );
      }),
      { numRuns: runs(1000) },
    );
  });

  test("keeps the id in canonical form, the clock and the seconds", () => {
    fc.assert(
      fc.property(eventId, fc.bigInt(0n, 2n ** 63n - 1n), timestamp, (event_id, clock, time) => {
        const { words, at } = keyOf({ event_id, lamport_clock: clock, timestamp: time });
        expect(eventIdIn(words, at + ID_AT)).toBe(canonicalEventId(event_id));
        expect([clockIn(words, at), secondsIn(words, at)]).toEqual([
          clock,
          parseInstant(time).seconds,
        ]);
        expect(isSortKey(words, at)).toBe(true);
        const copy = Uint32Array.from(words);
        writeClock(copy, at, clock);
        writeSeconds(copy, at, parseInstant(time).seconds);
        expect(copy).toEqual(words);
      }),
      { numRuns: runs(1000) },
    );
  });

  test.each([
    ["a clock beyond 63 bits", 0, 2 ** 31],
    ["a time after every year", 2, 128],
    ["more than a second of nanoseconds", 4, 1e9],
    ["an unknown kind of id", 5, 1],
    ["another unknown kind of id", 5, 8],
  ])("%s is in no sort key", (_name, word, value) => {
    const { words, at } = keyOf({});
    words[at + word] = value;
    expect(isSortKey(words, at)).toBe(false);
  });
});
