import {
  type LocalNamespaceTuple,
  LocalNamespaceTupleSchema,
  type LocalNamespaceTupleValid,
} from "../../gen/speckitty/dossier/v1/values_pb.js";
import { messageToJson } from "../event/json.js";
import { readModel } from "../event/model.js";
import type { Immutable } from "./immutable.js";

/** Which dossier an event belongs to. */
export type Namespace = Immutable<LocalNamespaceTupleValid>;

/**
 * Which fields make two namespaces the same one.
 *
 * - `"mission"`: the five required ones. `step_id` says where in the mission an
 *   event was emitted, and differs within one mission.
 * - `"step"`: all six, for baselines of a single step.
 */
export type NamespaceScope = "mission" | "step";

/** Raised when a stream holds events of more than one namespace. */
export class NamespaceMixedStreamError extends Error {
  override readonly name = "NamespaceMixedStreamError";
  /** Whether the scope `"mission"` would take the two for one namespace. */
  readonly differsInStepOnly: boolean;

  constructor(
    /** The namespace of the first event. */
    readonly expected: Namespace,
    /** The first other one, in the order of the stream. */
    readonly got: Namespace,
  ) {
    const differsInStepOnly = isSameNamespace(expected, got, "mission");
    super(
      "Namespace mismatch in dossier event stream. " +
        `Expected: ${namespaceText(expected)}. Got: ${namespaceText(got)}.` +
        (differsInStepOnly
          ? ' The two differ in step_id only: the scope "mission" takes them for one namespace.'
          : ""),
    );
    this.differsInStepOnly = differsInStepOnly;
  }
}

/** The namespace in a payload's JSON, or `undefined` when it is missing or malformed. */
export function readNamespace(payload: {
  readonly [key: string]: unknown;
}): LocalNamespaceTupleValid | undefined {
  const json = Object.hasOwn(payload, "namespace") ? payload["namespace"] : undefined;
  const result = readModel(LocalNamespaceTupleSchema, json);
  return result.kind === "valid" ? result.message : undefined;
}

/** Whether two namespaces are the same one. */
export function isSameNamespace(a: Namespace, b: Namespace, scope: NamespaceScope): boolean {
  return LocalNamespaceTupleSchema.fields
    .filter((field) => scope === "step" || field !== LocalNamespaceTupleSchema.field.stepId)
    .every(({ localName }) => Reflect.get(a, localName) === Reflect.get(b, localName));
}

function namespaceText(namespace: Namespace): string {
  return JSON.stringify(messageToJson(LocalNamespaceTupleSchema, namespace));
}

/** The namespace of a stream: the first one, without a step unless it is the only one. */
export function commonNamespace(
  first: LocalNamespaceTupleValid,
  all: Iterable<Namespace>,
): LocalNamespaceTuple & LocalNamespaceTupleValid {
  const steps = new Set<string>();
  for (const { stepId } of all) {
    if (stepId !== undefined) {
      steps.add(stepId);
    }
  }
  if (steps.size <= 1) {
    return first;
  }
  const { stepId: _, ...withoutStep } = first;
  return withoutStep;
}
