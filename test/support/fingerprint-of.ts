import {
  contributionOf,
  namespaceFingerprint,
  writeFingerprint,
} from "../../src/dossier/contribution.js";
import { namespaceIn } from "../../src/dossier/namespace.js";
import { readValidEvent } from "../../src/event/envelope/read-event.js";
import type { EventJson } from "../../src/index.js";

/** The fingerprint of an event's content, as text that sorts like it. */
export function fingerprintOf(given: EventJson): string {
  const event = readValidEvent(given);
  if (event.kind === "other") {
    return "";
  }
  const words = new Uint32Array(2);
  const namespace = namespaceFingerprint(namespaceIn(event));
  writeFingerprint(event, namespace, contributionOf(event), words, 0);
  return Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
}
