import { expect } from "vitest";
import { FixtureManifestError } from "../../src/conformance/errors.js";

/** The error thrown while reading a manifest or its files. */
export function problemOf(call: () => unknown): FixtureManifestError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(FixtureManifestError);
    if (error instanceof FixtureManifestError) {
      return error;
    }
  }
  throw new Error("nothing was thrown");
}
