import type {
  DossierEventType,
  LocalNamespaceTupleJson,
} from "../../gen/speckitty/dossier/v1/contract.js";
import type { ContributionJson } from "../../gen/speckitty/reducer/v1/contract.js";
import type { Violation } from "../event/errors/violation.js";
import type { JsonMap } from "../event/json/json-object.js";
import { contributionOf } from "./fold.js";
import { namespaceIn } from "./namespace.js";

/** What came of putting an event into a ledger. */
export type Put =
  /** It was not there, and counts. */
  | "new"
  /** It was there already. */
  | "repeated"
  /** Its id was there with another content, which comes first, and so counts. */
  | "outranked"
  /** Its id was there with another content, which comes later, and counts no more. */
  | "replaced";

/** Whether an id turned out to have come with more than one content. */
export function isConflict(put: Put): boolean {
  return put === "outranked" || put === "replaced";
}

/** A payload that the contract rejects. */
export type Rejection = {
  readonly payload: JsonMap;
  readonly violations: readonly Violation[];
  /** Where its event stood in the stream that it came from, if that is known. */
  readonly position: number | undefined;
  /** How many characters the payload has as JSON. */
  readonly size: number;
};

/** An event of a ledger, beside its sort key. */
export type LedgerEntry = {
  readonly eventType: DossierEventType;
  readonly namespace: LocalNamespaceTupleJson | undefined;
  readonly contribution: ContributionJson | undefined;
  readonly rejection: Rejection | undefined;
};

/** The entry of an event with this payload, which breaks these rules, if any. */
export function entryOf(
  eventType: DossierEventType,
  payload: JsonMap,
  violations: readonly Violation[] | undefined,
  position: number | undefined,
): LedgerEntry {
  return {
    eventType,
    namespace: namespaceIn(payload, violations),
    contribution: violations === undefined ? contributionOf(eventType, payload) : undefined,
    rejection:
      violations === undefined
        ? undefined
        : { payload, violations, position, size: JSON.stringify(payload).length },
  };
}
