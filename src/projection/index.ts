export { MissionDossierError } from "../event/errors/mission-dossier-error.js";
export type { Violation } from "../event/errors/violation.js";
export { BrokenLogError } from "./broken-log.js";
export { type Known, MissionProjection, type OpenOptions } from "./mission-projection.js";
export type {
  DeadLetter,
  DeadLetters,
  EventLog,
  LogRecord,
  ProjectionPorts,
  Revision,
  StateStore,
  StoredProjection,
} from "./ports.js";
export {
  type MissionRecord,
  type OtherRecord,
  type Poison,
  type PoisonReason,
  quarantined,
  type ReadRecord,
  RecordReader,
} from "./read-record.js";
export type { StateDifference } from "./state-difference.js";
export {
  type ProjectedMission,
  projectedState,
  readProjectedMission,
} from "./stored-projection.js";
