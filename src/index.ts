export * from "../gen/speckitty/dossier/v1/contract.js";
export { type Event, EventSchema } from "../gen/speckitty/dossier/v1/event_pb.js";
export * from "../gen/speckitty/dossier/v1/payloads_pb.js";
export * from "../gen/speckitty/dossier/v1/values_pb.js";
export * from "./conformance/judge.js";
export { type AddOutcome, DossierAccumulator } from "./dossier/accumulator.js";
export type { GenerationCounts } from "./dossier/inspector.js";
export {
  type Namespace,
  NamespaceMixedStreamError,
  type NamespaceScope,
} from "./dossier/namespace.js";
export { keyOfNamespace, namespaceKey } from "./dossier/namespace-key.js";
export { parseState, stateFromBinary } from "./dossier/read-state.js";
export { reduceByNamespace, reduceMissionDossier, reduceWithReport } from "./dossier/reduce.js";
export type { ReduceOptions } from "./dossier/reduce-options.js";
export { ReplayRequiredError } from "./dossier/replay-required.js";
export type {
  ConflictingEvent,
  NamespaceReport,
  ReduceReport,
  RejectedEvent,
  SkippedEvent,
  StreamReport,
} from "./dossier/report.js";
export { type StandardMessage, standardSchema } from "./dossier/standard-schema.js";
export {
  type AnomalyEntry,
  type ArtifactEntry,
  type DriftRecord,
  type EveryField,
  type MissionDossierState,
  type SnapshotSummary,
  type StateJsonIn,
  stateToBinary,
  stateToJson,
  stateToJsonString,
} from "./dossier/state.js";
export type { GivenEvent } from "./event/envelope/accepted-event.js";
export {
  type CloudEventJson,
  fromCloudEvent,
  toCloudEvent,
} from "./event/envelope/cloud-event.js";
export { createEvent, type NewEnvelope } from "./event/envelope/create-event.js";
export { eventFromBinary, eventToBinary } from "./event/envelope/event-binary.js";
export { eventToJson, type EventToWrite } from "./event/envelope/event-to-json.js";
export {
  type Clocked,
  LamportClock,
  type LamportTime,
} from "./event/envelope/lamport-clock.js";
export {
  parseEvent,
  type SafeParseResult,
  safeParseEvent,
} from "./event/envelope/parse-event.js";
export type {
  ParsedDossierEvent,
  ParsedEvent,
  ParsedOtherEvent,
} from "./event/envelope/parsed-event.js";
export { type Upcast, type UpcastOptions, upcastEvent } from "./event/envelope/upcast.js";
export {
  DIAGNOSTIC_CODES,
  type Diagnostic,
  type DiagnosticCode,
  StrictError,
  type StrictOptions,
} from "./event/errors/diagnostic.js";
export {
  type BinarySubject,
  InvalidArgumentError,
  InvalidBinaryError,
  InvalidEventError,
  InvalidMessageError,
  type MessageSubject,
  TooLargeError,
  UnknownEventTypeError,
} from "./event/errors/errors.js";
export type { KnownDefect, Move } from "./event/errors/known-defect.js";
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetails,
  MissionDossierError,
} from "./event/errors/mission-dossier-error.js";
export type { Violation, ViolationPath } from "./event/errors/violation.js";
export type { Assumptions } from "./event/generation/flat-event.js";
export {
  type ContractOptions,
  GENERATIONS,
  type Generation,
  type JsonIn,
  type WriteOptions,
} from "./event/generation/generation.js";
export { generationOf } from "./event/generation/shown.js";
export type { Frozen, FrozenJson, FrozenJsonObject, Immutable } from "./event/json/immutable.js";
export {
  type JsonOfPayload,
  type JudgeOptions,
  type LaterJsonOfPayload,
  parsePayload,
  payloadToJson,
} from "./event/model/payload.js";
export { payloadFromBinary, payloadToBinary } from "./event/model/payload-binary.js";
export {
  isDossierEventType,
  type Payload,
  type PayloadSchema,
  type ValidPayload,
} from "./event/model/registry.js";
export { acceptsEnvelope, acceptsPayload } from "./event/model/verdict.js";
export { auditEvents } from "./parity/audit.js";
export type { AuditFinding, AuditOptions, AuditReport } from "./parity/audit-report.js";
export {
  type Difference,
  type DifferenceKind,
  diffStates,
  type StateDiff,
} from "./parity/diff.js";
export { DifferentMissionsError } from "./parity/different-missions.js";
export { type DriftFields, driftPayloads } from "./parity/drift-payloads.js";
export { type ParityOptions, parityHash } from "./parity/parity-hash.js";
export { PARITY_RULES, type ParityRule } from "./parity/parity-rule.js";
export type {
  Claim,
  ClaimVerdict,
  RefutedReason,
  UncheckableReason,
} from "./parity/verdict.js";
