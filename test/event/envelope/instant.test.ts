import { expect, test } from "vitest";
import { parseInstant } from "../../../src/event/envelope/instant.js";

const seconds = Date.parse("2026-03-02T09:14:07Z") / 1000;

test.each([
  ["2026-03-02T09:14:07Z", 0, ""],
  ["2026-03-02T09:14:07", 0, ""],
  ["2026-03-02T09:14:07.5", 500_000_000, ""],
  ["2026-03-02T09:14:07.000000009Z", 9, ""],
  ["2026-03-02T09:14:07.1234567890Z", 123_456_789, ""],
  ["2026-03-02T09:14:07.12345678901020Z", 123_456_789, "0102"],
  ["2026-03-02T09:14:07.999999999999", 999_999_999, "999"],
  ["2026-03-02T10:14:07.999999999909+01:00", 999_999_999, "909"],
  ["2026-03-02T07:44:07.12-01:30", 120_000_000, ""],
])("%s has its fraction in nanoseconds and further digits", (text, nanoseconds, furtherDigits) => {
  expect(parseInstant(text)).toEqual({ seconds, nanoseconds, furtherDigits });
});

// Leap years by every rule, and the months around the leap day.
test.each([
  "0000-01-01",
  "0000-02-29",
  "0001-01-01",
  "0099-12-31",
  "0100-03-01",
  "1899-12-31",
  "1900-02-28",
  "1900-03-01",
  "1970-01-01",
  "2000-02-29",
  "2000-03-01",
  "2023-12-31",
  "2024-01-31",
  "2024-02-29",
  "2024-03-01",
  "2024-11-30",
  "9999-12-31",
])("%s is as many days from 1970 as for Date", (day) => {
  expect(parseInstant(`${day}T00:00:00Z`).seconds).toBe(Date.parse(`${day}T00:00:00Z`) / 1000);
});
