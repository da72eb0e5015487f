// The judge of events and payloads, which two entry points of the package export.
export type { SchemaViolation } from "./schema-layer.js";
export {
  isJudgedType,
  JUDGED_TYPES,
  type JudgedType,
  type ValidateOptions,
  type ValidationResult,
  validateEnvelope,
  validateEvent,
} from "./validate-event.js";
