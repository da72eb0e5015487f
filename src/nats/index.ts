export { MissionDossierError } from "../event/errors/mission-dossier-error.js";
export {
  connectToNats,
  type NatsCredentials,
  type NatsOptions,
  natsOptionsFrom,
} from "./connection.js";
export { removeStates, switchStates } from "./current-states.js";
export { NatsDeadLetters } from "./dead-letters.js";
export {
  NatsError,
  type NatsProblem,
  PublishError,
  type TopologyDifference,
  TopologyError,
} from "./errors.js";
export type { ProjectedWindow, StoredEvent, WorkerObserver } from "./observer.js";
export type { StateDifference } from "../projection/state-difference.js";
export { type NatsProgress, natsProgress } from "./progress.js";
export { type PublishOptions, type PublishReport, publishToNats } from "./publish.js";
export {
  type CompareOptions,
  compareStates,
  type RebuildOptions,
  rebuildStates,
} from "./rebuild.js";
export { type SetUpOptions, setUpNats } from "./set-up.js";
export { BUCKETS, bucketOf, Topology, type TopologyOptions } from "./topology.js";
export {
  missionKeys,
  readState,
  removeUnusedObjects,
  type WatchOptions,
  watchStates,
} from "./watch.js";
export { NatsWorker, type WorkerOptions } from "./worker.js";
