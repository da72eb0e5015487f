import type { Generation } from "../generation/generation.js";
import { withNamesOf } from "../generation/rename.js";
import { judgingGeneration, renamingOf } from "../generation/shown.js";
import { isDossierEventType } from "./registry.js";
import { acceptsPayload } from "./verdict.js";

/**
 * A payload with the names of a generation. It stays as it is if it has them already, or if
 * either contract rejects it: a renaming must not change a verdict.
 */
export function payloadIn<T>(generation: Generation, eventType: string, payload: T): T {
  const renaming = renamingOf(eventType);
  if (renaming === undefined || !isDossierEventType(eventType)) {
    return payload;
  }
  const contract = judgingGeneration(eventType, payload);
  if (contract === generation || !acceptsPayload(eventType, payload, { contract })) {
    return payload;
  }
  const other = withNamesOf(generation, renaming, payload);
  return acceptsPayload(eventType, other, { contract: generation }) ? other : payload;
}
