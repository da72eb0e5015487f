import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import type { GivenEvent } from "../event/envelope/accepted-event.js";
import { readEvent } from "../event/envelope/read-event.js";
import { requireMessage } from "../event/errors/arguments.js";
import {
  checkScope,
  type Namespace,
  type NamespaceScope,
  namespaceIn,
  namespaceOf,
} from "./namespace.js";

/**
 * The key of the mission that an event belongs to: 32 hexadecimal digits, which are safe in a
 * URL, a file name and a message subject, and the same in every language (`docs/porting.md`).
 * Namespaces that are one in the scope have the same key.
 *
 * @param scope `"mission"`, the default, or `"step"` for a key of the step.
 * @returns `undefined` if the event has no readable namespace, or its type is not in the
 * contract.
 * @throws InvalidArgumentError when the scope is unknown.
 */
export function namespaceKey(
  event: GivenEvent,
  scope: NamespaceScope = "mission",
): string | undefined {
  checkScope(scope);
  const read = readEvent(event);
  const json = read.kind === "accepted" || read.kind === "rejected" ? namespaceIn(read) : undefined;
  return json && keyOfNamespace(namespaceOf(json), scope);
}

/**
 * The key of a namespace, such as that of a state: see {@link namespaceKey}.
 *
 * @throws InvalidArgumentError when the scope is unknown.
 */
export function keyOfNamespace(namespace: Namespace, scope: NamespaceScope = "mission"): string {
  requireMessage(namespace);
  checkScope(scope);
  const hash = sha256.create();
  for (const field of LocalNamespaceTupleSchema.fields) {
    const isStep = field === LocalNamespaceTupleSchema.field.stepId;
    if (!isStep || scope === "step") {
      const value: unknown = Reflect.get(namespace, field.localName);
      if (isStep) {
        hash.update(Uint8Array.of(value === undefined ? 0 : 1));
      }
      if (typeof value === "string") {
        hash.update(withLength(value));
      }
    }
  }
  return bytesToHex(hash.digest().subarray(0, KEY_BYTES));
}

const KEY_BYTES = 16;
const encoder = new TextEncoder();

/** Text in UTF-8, after its length in bytes as a 32-bit big-endian integer. */
function withLength(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const whole = new Uint8Array(4 + bytes.length);
  new DataView(whole.buffer).setUint32(0, bytes.length);
  whole.set(bytes, 4);
  return whole;
}
