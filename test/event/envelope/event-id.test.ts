import { expect, test } from "vitest";
import { canonicalEventId } from "../../../src/event/envelope/event-id.js";

test.each([
  ["a ULID", "01kjpz8v2m4t6r1e9c3h5n7qwa", "01KJPZ8V2M4T6R1E9C3H5N7QWA"],
  ["a UUID", "A47275CB-634E-427C-ABD3-3E5D17997D4E", "a47275cb-634e-427c-abd3-3e5d17997d4e"],
  [
    "a UUID without hyphens",
    "A47275CB634E427CABD33E5D17997D4E",
    "a47275cb-634e-427c-abd3-3e5d17997d4e",
  ],
])("%s has one canonical spelling", (_what, id, canonical) => {
  expect(canonicalEventId(id)).toBe(canonical);
  expect(canonicalEventId(canonical)).toBe(canonical);
});

test.each([0, 1, 25, 27, 31, 33, 35, 37])(
  "text of %o characters is returned unchanged",
  (length) => {
    const text = "aB".repeat(20).slice(0, length);
    expect(canonicalEventId(text)).toBe(text);
  },
);
