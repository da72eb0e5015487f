import type { GivenEvent } from "../event/envelope/accepted-event.js";
import { readEach } from "../event/envelope/read-event.js";
import { AuditLog } from "./audit-log.js";
import type { AuditOptions, AuditReport } from "./audit-report.js";

/**
 * Checks every claim of a mission's events against the events before it in the order of
 * the stream, whatever order they are given in. A wrong claim is reported, never corrected.
 * Duplicates, ids with several contents and payloads that the contract rejects count as in
 * `reduceMissionDossier`. `docs/parity.md` says what each finding means.
 *
 * The events are read once. Some 200 bytes are kept of each.
 *
 * @param events Generated `Event` messages, or envelopes as wire JSON.
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws InvalidEventError when the envelope of a dossier event breaks the contract.
 * @throws StrictError in strict mode, for the first event that has a diagnostic.
 * @throws InvalidArgumentError when the namespace scope or the rule is unknown, or the
 * events cannot be iterated over.
 */
export function auditEvents(events: Iterable<GivenEvent>, options?: AuditOptions): AuditReport {
  const log = new AuditLog(options);
  readEach(events, (event, position) => log.add(event, position));
  return log.report();
}
