import type { EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import type { EventJson as LaterEventJson } from "../../gen/speckitty/dossier/v3/contract.js";
import { packageFixtures } from "./fixture-files.js";
import { type FixtureCase, type FixtureOptions, FixtureSet } from "./fixture-set.js";

export type { FixtureCase, FixtureOptions } from "./fixture-set.js";

const fixtures = new FixtureSet(packageFixtures());

/** The categories of the fixtures of this package. */
export const FIXTURE_CATEGORIES: readonly string[] = fixtures.categories;

/**
 * The single payloads of a category, in the order of the manifest; empty for a category
 * without payloads of the generation asked for.
 *
 * @throws UnknownFixtureCategoryError when the category is unknown.
 * @throws InvalidArgumentError when there is no such generation.
 */
export function loadFixtures(category: string, options?: FixtureOptions): readonly FixtureCase[] {
  return fixtures.cases(category, options);
}

/**
 * The ids of the streams of every category, in the order of the manifest. A stream with events
 * of several generations is of the latest.
 *
 * @throws InvalidArgumentError when there is no such generation.
 */
export function listReplayStreams(options?: FixtureOptions): readonly string[] {
  return fixtures.streams(options);
}

/**
 * The envelopes of a stream, as wire JSON, in the order of its file. The events may be
 * sorted differently, and of several generations.
 *
 * @throws UnknownFixtureError when no fixture has the id.
 * @throws NotAReplayStreamError when the fixture is not a stream.
 */
export function loadReplayStream(id: string): readonly (EventJson | LaterEventJson)[] {
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
