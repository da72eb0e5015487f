import { describe, expect, test } from "vitest";
import { InvalidBinaryError, InvalidMessageError } from "../../src/index.js";
import { cases } from "../support/runs.js";
import { resultOrTypedError } from "./attacks.js";
import { BINARY_FORMS, type BinaryForm, CHECKPOINT } from "./binary-forms.js";

// Checkpoints that are cut off or have a changed byte are tested in dossier/accumulator.

/** The result of reading and writing bytes, or the typed error that refuses them. */
function outcome({ rewrite }: BinaryForm, bytes: Uint8Array): "read" | "invalid" | "not binary" {
  const result = resultOrTypedError(() => rewrite(bytes));
  if (result instanceof InvalidMessageError) {
    expect(result.violations.length).toBeGreaterThan(0);
    return "invalid";
  }
  if (result instanceof Uint8Array) {
    // Written bytes are read back as the same.
    expect(Buffer.from(rewrite(result)).equals(result)).toBe(true);
    return "read";
  }
  expect(result).toBeInstanceOf(InvalidBinaryError);
  return "not binary";
}

describe.each(BINARY_FORMS)("$what", (form) => {
  const { bytes, rewrite } = form;

  test("is read, and written unchanged", () => {
    expect(Buffer.from(rewrite(bytes))).toEqual(Buffer.from(bytes));
  });

  test("cut at any byte is a typed error, unless a field ends there", () => {
    const outcomes = Array.from(bytes, (_, end) => outcome(form, bytes.subarray(0, end)));
    // Without any bytes, all required fields are missing.
    expect(outcomes[0]).toBe("invalid");
    for (const kind of ["invalid", "not binary"] as const) {
      expect(outcomes).toContain(kind);
    }
  });

  test("with any byte changed to any other is a message, or a typed error", () => {
    const changed = Buffer.from(bytes);
    for (const [index, byte] of bytes.entries()) {
      for (const other of cases([byte ^ 1, byte ^ 0x80, 0, 1, 0x7f, 0x80, 0xff])) {
        changed[index] = other;
        outcome(form, changed);
      }
      changed[index] = byte;
    }
    expect(changed.equals(bytes)).toBe(true);
  });

  test("with any byte left out or repeated is a message, or a typed error", () => {
    const whole = Buffer.from(bytes);
    for (const index of bytes.keys()) {
      const [before, after] = [whole.subarray(0, index), whole.subarray(index)];
      outcome(form, Buffer.concat([before, after.subarray(1)]));
      outcome(form, Buffer.concat([before, after.subarray(0, 1), after]));
    }
  });
});

describe.each([...BINARY_FORMS, CHECKPOINT])("$what", ({ rewrite }) => {
  test.each([
    ["text", "bytes"],
    ["nothing", undefined],
    ["null", null],
    ["a list", [8, 1]],
    ["an object", {}],
    ["a buffer without a view", new ArrayBuffer(4)],
    ["numbers of 16 bits", Uint16Array.of(8, 1)],
  ])("cannot be read from %s", (_name, value) => {
    // Callers in plain JavaScript may pass anything.
    const result = resultOrTypedError(() => rewrite(value as Uint8Array));
    expect(result).toBeInstanceOf(Error);
  });
});
