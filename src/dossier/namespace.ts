import { localNamespaceTupleOf } from "../../gen/speckitty/dossier/v1/accepted.js";
import type {
  LocalNamespaceTupleJson,
  LocalNamespaceTupleValue,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import type { LocalNamespaceTupleJson as LaterLocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v3/contract.js";
import { RENAMINGS } from "../../gen/speckitty/dossier/v3/renaming.js";
import { VALIDATORS } from "../../gen/speckitty/dossier/v1/verdict_validators.js";
import { LocalNamespaceTuple as LaterLocalNamespaceTuple } from "../../gen/speckitty/dossier/v3/verdict_validators.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import type { DossierEvent } from "../event/envelope/accepted-event.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import { type ContractOptions, FIRST_GENERATION } from "../event/generation/generation.js";
import { jsonIn, withNamesOf } from "../event/generation/rename.js";
import { shownGeneration } from "../event/generation/shown.js";
import { excerpt, MissionDossierError } from "../event/errors/mission-dossier-error.js";

/** The dossier that an event belongs to. */
export type Namespace = LocalNamespaceTupleValue;

/**
 * The fields that identify a namespace: for `"mission"`, the five required fields, since the
 * steps of a mission share its dossier; for `"step"`, `step_id` as well, for baselines of a
 * single step.
 */
export type NamespaceScope = (typeof NAMESPACE_SCOPES)[number];

/** Every {@link NamespaceScope}. */
export const NAMESPACE_SCOPES = /* @__PURE__ */ Object.freeze(["mission", "step"] as const);

/** Raised when a stream holds events of more than one namespace. */
export class NamespaceMixedStreamError extends MissionDossierError {
  override readonly name = "NamespaceMixedStreamError";
  /** Whether the two are the same namespace in the scope `"mission"`. */
  readonly differsInStepOnly: boolean;

  constructor(
    /** The namespace of the first event. */
    override readonly expected: Namespace,
    /** The first different namespace, in the order of the stream. */
    override readonly got: Namespace,
  ) {
    const [a, b] = [namespaceJson(expected), namespaceJson(got)];
    const differsInStepOnly = isSameNamespace(a, b, "mission");
    super(
      "mixed_namespaces",
      "Namespace mismatch in dossier event stream. " +
        `Expected: ${namespaceText(expected)}. Got: ${namespaceText(got)}.` +
        (differsInStepOnly
          ? ' They differ only in step_id; the scope "mission" treats them as one namespace.'
          : ""),
      { field: "namespace", expected, got },
    );
    this.differsInStepOnly = differsInStepOnly;
  }
}

/**
 * The namespace of an event, with the names of the first generation; `undefined` when it is missing
 * or malformed.
 */
export function namespaceIn({ kind, payload }: DossierEvent): LocalNamespaceTupleJson | undefined {
  // Inherited properties are not fields.
  const json = Object.hasOwn(payload, "namespace") ? payload["namespace"] : undefined;
  if (kind === "accepted") {
    return json as LocalNamespaceTupleJson;
  }
  // A rejected payload keeps its names, of which some may be of another generation.
  const isFirst = shownGeneration(RENAMING, json) === FIRST_GENERATION;
  const isValid = isFirst ? VALIDATORS.LocalNamespaceTuple(json) : LaterLocalNamespaceTuple(json);
  return isValid
    ? withNamesOf(FIRST_GENERATION, RENAMING, json as LocalNamespaceTupleJson)
    : undefined;
}

const RENAMING = RENAMINGS[LocalNamespaceTupleSchema.typeName];

/** A namespace as a message. */
export function namespaceOf(json: LocalNamespaceTupleJson): Namespace {
  return Object.freeze(localNamespaceTupleOf(json));
}

/**
 * A text that is equal for two namespaces exactly when they are equal in the scope. Each field
 * follows its length, so that neighbors do not run together.
 */
export function namespaceId(json: LocalNamespaceTupleJson, scope: NamespaceScope): string {
  let key = "";
  for (const field of NAMESPACE_FIELDS[scope]) {
    const value = json[field];
    key += typeof value === "string" ? `${value.length}:${value}` : "-";
  }
  return key;
}

/** Whether two namespaces are equal in the scope. */
export function isSameNamespace(
  a: LocalNamespaceTupleJson,
  b: LocalNamespaceTupleJson,
  scope: NamespaceScope,
): boolean {
  for (const field of NAMESPACE_FIELDS[scope]) {
    if ((a[field] ?? undefined) !== (b[field] ?? undefined)) {
      return false;
    }
  }
  return true;
}

const ALL_FIELDS = LocalNamespaceTupleSchema.fields.map(
  ({ jsonName }) => jsonName as keyof LocalNamespaceTupleJson,
);

/** The names of the fields that identify a namespace in each scope. */
export const NAMESPACE_FIELDS: Readonly<
  Record<NamespaceScope, readonly (keyof LocalNamespaceTupleJson)[]>
> = {
  mission: ALL_FIELDS.filter((field) => field !== "step_id"),
  step: ALL_FIELDS,
};

/**
 * Checks that a scope is known: in plain JavaScript, a typo must not select the lenient scope.
 *
 * @throws InvalidArgumentError when it is unknown.
 */
export function checkScope(scope: NamespaceScope): NamespaceScope {
  if (!NAMESPACE_SCOPES.includes(scope)) {
    throw new InvalidArgumentError("namespaceScope", NAMESPACE_SCOPES.join(" or "), scope);
  }
  return scope;
}

/** The wire JSON of a namespace. */
export function namespaceJson(namespace: Namespace): LocalNamespaceTupleJson {
  // The writer follows the descriptor that the type was generated from.
  return messageToJson(LocalNamespaceTupleSchema, namespace) as LocalNamespaceTupleJson;
}

/** The wire JSON of a namespace in a generation of the contract. */
export function namespaceJsonIn(
  namespace: Namespace,
  options: ContractOptions,
): LocalNamespaceTupleJson | LaterLocalNamespaceTupleJson {
  return jsonIn(RENAMING, namespaceJson(namespace), options);
}

/** The compact JSON of a namespace, cut at a length that no real one reaches. */
export function namespaceText(namespace: Namespace): string {
  return excerpt(JSON.stringify(namespaceJson(namespace)), 2000);
}
