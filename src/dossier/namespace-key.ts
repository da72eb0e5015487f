import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { VALIDATORS } from "../../gen/speckitty/dossier/v1/verdict_validators.js";
import type { GivenEvent } from "../event/envelope/accepted-event.js";
import { readEvent } from "../event/envelope/read-event.js";
import { requireMessage } from "../event/errors/arguments.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import {
  checkScope,
  type Namespace,
  type NamespaceScope,
  NAMESPACE_FIELDS,
  namespaceIn,
  namespaceJson,
} from "./namespace.js";

/**
 * The key of the mission that an event belongs to: 32 hexadecimal digits, which are safe in a
 * URL, a file name and a message subject, and the same in every language (`docs/porting.md`).
 * Namespaces that are equal in the scope have the same key.
 *
 * @param scope `"mission"`, the default, or `"step"` for a key of the step.
 * @returns `undefined` if the event has no readable namespace, its envelope breaks the contract,
 * or its type is not in the contract.
 * @throws InvalidArgumentError when the scope is unknown.
 */
export function namespaceKey(
  event: GivenEvent,
  scope: NamespaceScope = "mission",
): string | undefined {
  checkScope(scope);
  const read = readEvent(event);
  const json = read.kind === "accepted" || read.kind === "rejected" ? namespaceIn(read) : undefined;
  return json && keyOf(json, scope);
}

/**
 * The key of a namespace, such as that of a state: see {@link namespaceKey}.
 *
 * @throws InvalidArgumentError when the scope is unknown, or the contract rejects the namespace.
 */
export function keyOfNamespace(namespace: Namespace, scope: NamespaceScope = "mission"): string {
  requireMessage("namespace", namespace, LocalNamespaceTupleSchema);
  checkScope(scope);
  const json = namespaceJson(namespace);
  if (!VALIDATORS.LocalNamespaceTuple(json)) {
    throw new InvalidArgumentError("namespace", "a namespace of the contract", namespace);
  }
  return keyOf(json, scope);
}

/** The key of a namespace that the contract accepts. */
export function keyOf(json: LocalNamespaceTupleJson, scope: NamespaceScope): string {
  const fields = NAMESPACE_FIELDS[scope];
  const texts = fields.map((field) => json[field]);
  const bytes = new Uint8Array(texts.reduce<number>((room, text) => room + mostBytes(text), 1));
  const view = new DataView(bytes.buffer);
  let end = 0;
  for (const [index, text] of texts.entries()) {
    if (fields[index] === "step_id") {
      view.setUint8(end++, typeof text === "string" ? 1 : 0);
    }
    if (typeof text === "string") {
      const { written } = encoder.encodeInto(text, bytes.subarray(end + 4));
      view.setUint32(end, written);
      end += 4 + written;
    }
  }
  return bytesToHex(sha256(bytes.subarray(0, end)).subarray(0, KEY_BYTES));
}

/** The most bytes that a text takes in UTF-8, after its length as a 32-bit integer. */
function mostBytes(text: unknown): number {
  return typeof text === "string" ? 4 + 3 * text.length : 0;
}

const KEY_BYTES = 16;
const encoder = new TextEncoder();
