import { expect } from "vitest";

/**
 * Fails with what a change of the contract asks for, so that whoever adds an event
 * need not search.
 *
 * @param where What to edit.
 */
export function expectNothingMissing(where: string, missing: readonly string[]): void {
  if (missing.length > 0) {
    expect.fail(`To be added to ${where}:\n${missing.map((one) => `- ${one}`).join("\n")}`);
  }
}
