export {
  type ReduceStreamOptions,
  reduceStream,
  reduceStreamByNamespace,
} from "../dossier/reduce-stream.js";
export type { NamespaceReport, ReduceReport } from "../dossier/report.js";
export type { GivenEvent } from "../event/envelope/accepted-event.js";
export { MissionDossierError } from "../event/errors/mission-dossier-error.js";
export type { AuditFinding, AuditReport } from "../parity/audit-report.js";
export { type AuditStreamOptions, auditStream } from "../parity/audit-stream.js";
export { readEvents, UnreadableRecordError } from "./events.js";
export { DamagedGzipError } from "./gunzip.js";
export { DEFAULT_MAX_LENGTH, type ReadOptions, readJsonRecords } from "./json-records.js";
export type { Place } from "./place.js";
export type { JsonRecord } from "./record.js";
export type { JsonSource } from "./source.js";
