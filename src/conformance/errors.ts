import { MissionDossierError } from "../event/errors/mission-dossier-error.js";
import { describeJson } from "../event/json/describe-json.js";

/** Raised when the manifest of the fixtures, or a fixture file, is invalid. */
export class FixtureManifestError extends MissionDossierError {
  override readonly name = "FixtureManifestError";
  constructor(
    /** The id of the fixture; `undefined` if it has none, or the error is not about one fixture. */
    readonly id: string | undefined,
    /** The path of its file, as in the manifest; `undefined` if it has none. */
    readonly path: string | undefined,
    /** A description of the problem, for people. */
    readonly problem: string,
  ) {
    const place = [id, path].filter((part) => part !== undefined).join(", ");
    super(
      "invalid_fixtures",
      place === "" ? `Fixtures: ${problem}.` : `Fixtures: ${place}: ${problem}.`,
      { file: path },
    );
  }
}

/** Raised when fixtures are requested by an unknown category. */
export class UnknownFixtureCategoryError extends MissionDossierError {
  override readonly name = "UnknownFixtureCategoryError";
  constructor(
    readonly category: string,
    /** The known categories. */
    readonly knownCategories: readonly string[],
  ) {
    super(
      "unknown_fixture_category",
      `Unknown fixture category ${describeJson(category)}. Known: ${knownCategories.join(", ")}.`,
      { expected: knownCategories, got: category },
    );
  }
}

/** Raised when a stream is requested by an id that no fixture has. */
export class UnknownFixtureError extends MissionDossierError {
  override readonly name = "UnknownFixtureError";
  constructor(
    readonly id: string,
    /** The ids of all streams. */
    readonly knownStreams: readonly string[],
  ) {
    super(
      "unknown_fixture",
      `Unknown fixture ${describeJson(id)}. Known streams: ${knownStreams.join(", ")}.`,
      { expected: knownStreams, got: id },
    );
  }
}

/** Raised when a stream is requested by the id of a fixture that is not a stream. */
export class NotAReplayStreamError extends MissionDossierError {
  override readonly name = "NotAReplayStreamError";
  constructor(
    readonly id: string,
    /** The kind of the fixture. */
    readonly kind: "payload" | "reducer_output",
    /** The ids of all streams. */
    readonly knownStreams: readonly string[],
  ) {
    const what = kind === "payload" ? "a single payload" : "the expected state of a stream";
    super(
      "not_a_replay_stream",
      `Fixture ${describeJson(id)} is ${what}, not a stream. Known streams: ${knownStreams.join(", ")}.`,
      { expected: knownStreams, got: id },
    );
  }
}
