import type {
  DossierEventJson,
  DossierEventType,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import type { DossierEventJson as LaterDossierEventJson } from "../../../gen/speckitty/dossier/v3/contract.js";
import { optionsIn } from "../errors/arguments.js";
import type { KnownDefect } from "../errors/known-defect.js";
import type { Violation } from "../errors/violation.js";
import { type Assumptions, flatDefect, unflattened } from "../generation/flat-event.js";
import {
  chosenGeneration,
  FIRST_GENERATION,
  type Generation,
  type JsonIn,
  type WriteOptions,
} from "../generation/generation.js";
import { withNamesOf } from "../generation/rename.js";
import { renamingOf } from "../generation/shown.js";
import { isJsonObject } from "../json/json-object.js";
import { payloadIn } from "../model/payload-in.js";
import { isDossierEventType } from "../model/registry.js";
import { judgeEvent } from "./safe-parse-event.js";

/** Options of {@link upcastEvent}. */
export type UpcastOptions<G extends Generation = "2.4.0"> = WriteOptions<G> & {
  /**
   * Facts that flat events of early producers lack, by the name of the field in the namespace:
   * `target_branch`, `manifest_version`. Default: none.
   */
  readonly assume?: Assumptions;
};

/** The outcome of {@link upcastEvent}. */
export type Upcast<G extends Generation = "2.4.0"> =
  | {
      /**
       * `unchanged`: it has the names of the generation already, or is of another type.
       * `renamed`: the names of fields in its payload are others now.
       * `unflattened`: it was flat; its values have moved, and some of its facts were assumed.
       */
      readonly kind: "unchanged" | "renamed" | "unflattened";
      readonly event: JsonIn<G, DossierEventJson<DossierEventType>, LaterDossierEventJson>;
    }
  | {
      /** Its own contract rejects it, or the one that was asked for would. */
      readonly kind: "rejected";
      readonly violations: readonly Violation[];
      readonly knownDefect: KnownDefect | undefined;
    };

/**
 * Rewrites an event of any generation of the contract in another. Its id and everything else stay
 * as they are, so that it counts as the same event. Rewriting twice changes nothing more.
 *
 * @param json The wire JSON of an event. It is not changed, and the result may share its values.
 * @param options `contract` is the generation to write, by default 2.4.0.
 * @throws InvalidArgumentError when there is no such generation.
 */
export function upcastEvent<G extends Generation = "2.4.0">(
  json: unknown,
  options?: UpcastOptions<G>,
): Upcast<G> {
  const { assume = {}, ...choice } = optionsIn(options);
  const contract = chosenGeneration(choice) ?? FIRST_GENERATION;
  const { event_type: eventType, payload } = isJsonObject(json) ? json : {};
  const isFlat =
    isJsonObject(json) &&
    isDossierEventType(eventType) &&
    isJsonObject(payload) &&
    flatDefect(eventType, payload) !== undefined;
  const event = isFlat ? unflattened(json, payload, assume) : json;
  const judged = judgeEvent(event, {});
  if (!judged.success) {
    const { violations, knownDefect } = judged;
    const flat = isFlat ? flatDefect(eventType, payload) : undefined;
    return Object.freeze({ kind: "rejected", violations, knownDefect: knownDefect ?? flat });
  }
  const result = payloadJudgedBy(contract, eventType, event);
  if (result !== undefined) {
    return Object.freeze({ kind: "rejected", ...result });
  }
  // The contract accepts it, so it is an object.
  const accepted = event as { readonly payload?: unknown };
  const written = payloadIn(contract, String(eventType), accepted.payload);
  const isRenamed = written !== accepted.payload;
  return Object.freeze({
    kind: isFlat ? "unflattened" : isRenamed ? "renamed" : "unchanged",
    // The names are those of the generation.
    event: (isRenamed ? { ...accepted, payload: written } : accepted) as JsonIn<
      G,
      DossierEventJson<DossierEventType>,
      LaterDossierEventJson
    >,
  });
}

/** The violations of an accepted event that has no place in another generation, if any. */
function payloadJudgedBy(
  contract: Generation,
  eventType: unknown,
  event: unknown,
): Pick<Extract<Upcast, { kind: "rejected" }>, "violations" | "knownDefect"> | undefined {
  const renaming = renamingOf(String(eventType));
  if (renaming === undefined || !isJsonObject(event)) {
    return undefined;
  }
  const payload = withNamesOf(contract, renaming, event["payload"]);
  const judged = judgeEvent({ ...event, payload }, { contract });
  return judged.success
    ? undefined
    : { violations: judged.violations, knownDefect: judged.knownDefect };
}
