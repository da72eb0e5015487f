import { expect } from "vitest";

/**
 * Fails with a list of all that a change of the contract still needs.
 *
 * @param where The place to add it to.
 */
export function expectNothingMissing(where: string, missing: readonly string[]): void {
  if (missing.length > 0) {
    expect.fail(`To be added to ${where}:\n${missing.map((one) => `- ${one}`).join("\n")}`);
  }
}
