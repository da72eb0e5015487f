export { UnknownEventTypeError } from "../event/errors/errors.js";
export type { Violation } from "../event/errors/violation.js";
export { assertPayloadConforms, assertPayloadFails, ConformanceError } from "./assert.js";
export {
  FixtureManifestError,
  NotAReplayStreamError,
  UnknownFixtureCategoryError,
  UnknownFixtureError,
} from "./errors.js";
export {
  FIXTURE_CATEGORIES,
  type FixtureCase,
  type FixtureOptions,
  listReplayStreams,
  loadFixtures,
  loadReducerOutput,
  loadReplayStream,
} from "./fixtures.js";
export * from "./judge.js";
export { schemaNames, schemaText } from "./schema-files.js";
