import type { EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { packageFixtures } from "./fixture-files.js";
import { type FixtureCase, FixtureSet } from "./fixture-set.js";

export type { FixtureCase } from "./fixture-set.js";

const fixtures = new FixtureSet(packageFixtures());

/** The categories of the fixtures of this package. */
export const FIXTURE_CATEGORIES: readonly string[] = fixtures.categories;

/**
 * The single payloads of a category, in the order of the manifest; empty for a category
 * of streams only.
 *
 * @throws UnknownFixtureCategoryError when the category is unknown.
 */
export function loadFixtures(category: string): readonly FixtureCase[] {
  return fixtures.cases(category);
}

/** The ids of the streams of every category, in the order of the manifest. */
export function listReplayStreams(): readonly string[] {
  return fixtures.streams;
}

/**
 * The envelopes of a stream, as wire JSON, in the order of its file. The events may be
 * sorted differently.
 *
 * @throws UnknownFixtureError when no fixture has the id.
 * @throws NotAReplayStreamError when the fixture is not a stream.
 */
export function loadReplayStream(id: string): readonly EventJson[] {
  return fixtures.stream(id);
}

/**
 * The expected state of a stream, as JSON text: the output of
 * `stateToJsonString(state, 2)` and a line feed.
 *
 * It is text because the order of the paths is part of the state, and
 * `JSON.parse` loses it: in a JavaScript object, a key like `1` moves to the front.
 *
 * @param streamId The id of the stream, not of its state.
 * @throws UnknownFixtureError when no fixture has the id.
 * @throws NotAReplayStreamError when the fixture is not a stream.
 */
export function loadReducerOutput(streamId: string): string {
  return fixtures.reducerOutput(streamId);
}
