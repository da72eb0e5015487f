import { expect } from "vitest";
import { FixtureManifestError } from "../../src/conformance/errors.js";

/** The error that reading a manifest, or what it lists, ends with. */
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
