import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import {
  LocalNamespaceTupleSchema,
  type LocalNamespaceTupleValid,
} from "../../gen/speckitty/dossier/v1/values_pb.js";
import { VALIDATORS } from "../../gen/speckitty/dossier/v1/verdict_validators.js";
import { NAMESPACE_SCOPES, type NamespaceScope } from "../../gen/speckitty/reducer/v1/contract.js";
import { messageFromJson } from "../event/codec/message-from-accepted-json.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import { excerpt, MissionDossierError } from "../event/errors/mission-dossier-error.js";
import type { Violation } from "../event/errors/violation.js";
import type { JsonMap } from "../event/json/json-object.js";
import type { Immutable } from "./immutable.js";

/** Which dossier an event belongs to. */
export type Namespace = Immutable<LocalNamespaceTupleValid>;

export type { NamespaceScope };

/** Raised when a stream holds events of more than one namespace. */
export class NamespaceMixedStreamError extends MissionDossierError {
  override readonly name = "NamespaceMixedStreamError";
  /** Whether the scope `"mission"` would take the two for one namespace. */
  readonly differsInStepOnly: boolean;

  constructor(
    /** The namespace of the first event. */
    override readonly expected: Namespace,
    /** The first other one, in the order of the stream. */
    override readonly got: Namespace,
  ) {
    const differsInStepOnly = isSameMission(expected, got);
    super(
      "mixed_namespaces",
      "Namespace mismatch in dossier event stream. " +
        `Expected: ${namespaceText(expected)}. Got: ${namespaceText(got)}.` +
        (differsInStepOnly
          ? ' The two differ in step_id only: the scope "mission" takes them for one namespace.'
          : ""),
      { field: "namespace", expected, got },
    );
    this.differsInStepOnly = differsInStepOnly;
  }
}

/** The namespace in a payload's JSON, or `undefined` when it is missing or malformed. */
function readNamespace(payload: JsonMap): LocalNamespaceTupleJson | undefined {
  const json = Object.hasOwn(payload, "namespace") ? payload["namespace"] : undefined;
  return VALIDATORS.LocalNamespaceTuple(json) ? (json as LocalNamespaceTupleJson) : undefined;
}

/** The namespace of a payload that breaks these rules, if any, and `undefined` if it cannot be read. */
export function namespaceIn(
  payload: JsonMap,
  violations: readonly Violation[] | undefined,
): LocalNamespaceTupleJson | undefined {
  // What the contract accepts has one.
  return violations === undefined
    ? (payload["namespace"] as LocalNamespaceTupleJson)
    : readNamespace(payload);
}

/** A namespace as a message. */
export function namespaceOf(json: LocalNamespaceTupleJson): Namespace {
  return Object.freeze(messageFromJson(LocalNamespaceTupleSchema, json)) as Namespace;
}

/**
 * Makes sure that there is such a scope: callers without a compiler must not get
 * the lenient one for a typo.
 *
 * @throws InvalidArgumentError when there is not.
 */
export function checkScope(scope: NamespaceScope): NamespaceScope {
  if (!NAMESPACE_SCOPES.includes(scope)) {
    throw new InvalidArgumentError("namespaceScope", NAMESPACE_SCOPES.join(" or "), scope);
  }
  return scope;
}

function isSameMission(a: Namespace, b: Namespace): boolean {
  return LocalNamespaceTupleSchema.fields
    .filter((field) => field !== LocalNamespaceTupleSchema.field.stepId)
    .every(({ localName }) => Reflect.get(a, localName) === Reflect.get(b, localName));
}

/** Whole, unless it is of a length that no namespace has. */
function namespaceText(namespace: Namespace): string {
  return excerpt(JSON.stringify(messageToJson(LocalNamespaceTupleSchema, namespace)), 2000);
}
