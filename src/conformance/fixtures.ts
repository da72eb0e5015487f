import type { EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { type FixtureCase, FixtureSet } from "./fixture-set.js";
import { packageFile } from "./package-files.js";

export type { FixtureCase } from "./fixture-set.js";

const fixtures = new FixtureSet(packageFile("fixtures"));

/** The categories that the fixtures of this package have. */
export const FIXTURE_CATEGORIES: readonly string[] = fixtures.categories;

/**
 * The single payloads of a category, in the order of the manifest. A category
 * that holds streams only has none.
 *
 * @throws UnknownFixtureCategoryError when there is no such category.
 */
export function loadFixtures(category: string): readonly FixtureCase[] {
  return fixtures.cases(category);
}

/** The ids of the streams, of every category, in the order of the manifest. */
export function listReplayStreams(): readonly string[] {
  return fixtures.streams;
}

/**
 * The envelopes of a stream, as wire JSON, in the order of its file, which need
 * not be the order of the events.
 *
 * @throws UnknownFixtureError when no fixture has the id.
 * @throws NotAReplayStreamError when the fixture is not a stream.
 */
export function loadReplayStream(id: string): readonly EventJson[] {
  return fixtures.stream(id);
}

/**
 * The state that a stream gives, as JSON text: what `stateToJsonString(state, 2)`
 * writes, and a line feed.
 *
 * It is text because the order of the paths is part of the state, and
 * `JSON.parse` loses it: in an object of JavaScript, `1` moves to the front.
 *
 * @param streamId The id of the stream, not of its state.
 * @throws UnknownFixtureError when no fixture has the id.
 * @throws NotAReplayStreamError when the fixture is not a stream.
 */
export function loadReducerOutput(streamId: string): string {
  return fixtures.reducerOutput(streamId);
}
