import { MissionDossierError } from "../event/errors/mission-dossier-error.js";
import { describeJson } from "../event/json/describe-json.js";

/** Raised when the manifest of the fixtures, or a file of theirs, is not as it must be. */
export class FixtureManifestError extends MissionDossierError {
  override readonly name = "FixtureManifestError";
  constructor(
    /** The id of the fixture, `undefined` when it has none or no single one is meant. */
    readonly id: string | undefined,
    /** The path of its file, as the manifest has it, `undefined` when it has none. */
    readonly path: string | undefined,
    /** What is wrong, for people. */
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

/** Raised when fixtures are asked for by a category that there is not. */
export class UnknownFixtureCategoryError extends MissionDossierError {
  override readonly name = "UnknownFixtureCategoryError";
  constructor(
    readonly category: string,
    /** The categories that there are. */
    readonly knownCategories: readonly string[],
  ) {
    super(
      "unknown_fixture_category",
      `Unknown fixture category ${describeJson(category)}. Known: ${knownCategories.join(", ")}.`,
      { expected: knownCategories, got: category },
    );
  }
}

/** Raised when a stream is asked for by an id that no fixture has. */
export class UnknownFixtureError extends MissionDossierError {
  override readonly name = "UnknownFixtureError";
  constructor(
    readonly id: string,
    /** The ids of the streams that there are. */
    readonly knownStreams: readonly string[],
  ) {
    super(
      "unknown_fixture",
      `Unknown fixture ${describeJson(id)}. Known streams: ${knownStreams.join(", ")}.`,
      { expected: knownStreams, got: id },
    );
  }
}

/** Raised when a stream is asked for by the id of a fixture that is not one. */
export class NotAReplayStreamError extends MissionDossierError {
  override readonly name = "NotAReplayStreamError";
  constructor(
    readonly id: string,
    /** What the fixture is. */
    readonly kind: "payload" | "reducer_output",
    /** The ids of the streams that there are. */
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
