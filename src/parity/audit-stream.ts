import { type ReduceStreamOptions, readEachOf } from "../dossier/reduce-stream.js";
import type { GivenEvent } from "../event/envelope/accepted-event.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import type { AuditReport } from "./audit-report.js";
import { AuditLog } from "./audit-log.js";
import type { ParityOptions } from "./parity-hash.js";

/** How an asynchronous stream is audited. */
export type AuditStreamOptions = ReduceStreamOptions & ParityOptions;

/**
 * Audits the events of one mission, as `auditEvents` does, while they are read.
 *
 * @param events Generated `Event` messages, or envelopes as wire JSON.
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws InvalidEventError when the envelope of a dossier event breaks the contract.
 * @throws StrictError in strict mode, for the first event that has a diagnostic.
 * @throws InvalidArgumentError when the namespace scope or the rule is unknown, or the
 * events cannot be iterated over.
 */
export async function auditStream(
  events: AsyncIterable<GivenEvent>,
  options?: AuditStreamOptions,
): Promise<AuditReport> {
  const log = new AuditLog(options);
  if (typeof Object(events)[Symbol.asyncIterator] !== "function") {
    throw new InvalidArgumentError("events", "an async iterable", events);
  }
  await readEachOf(events, options?.onInvalidEvent, (event, position) => log.add(event, position));
  return log.report();
}
