import type {
  DossierEventJson,
  DossierEventType,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import type { DossierEventJson as LaterDossierEventJson } from "../../../gen/speckitty/dossier/v3/contract.js";
import { LocalNamespaceTupleSchema } from "../../../gen/speckitty/dossier/v1/values_pb.js";
import { optionsIn } from "../errors/arguments.js";
import { InvalidArgumentError } from "../errors/errors.js";
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
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { structProblem } from "../model/struct-limits.js";
import { judgeEvent } from "./judge-event.js";

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
       * `renamed`: fields of its payload have been renamed.
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
 * @throws InvalidArgumentError when there is no such generation, or a namespace has no such field
 * to assume.
 */
export function upcastEvent<G extends Generation = "2.4.0">(
  json: unknown,
  options?: UpcastOptions<G>,
): Upcast<G> {
  const { assume, ...choice } = optionsIn(options);
  const facts = factsIn(assume);
  const contract = chosenGeneration(choice) ?? FIRST_GENERATION;
  const { event_type: eventType, payload } = isJsonObject(json) ? json : {};
  const defect = isJsonObject(payload) ? flatDefect(eventType, payload) : undefined;
  const isFlat =
    defect !== undefined &&
    isJsonObject(json) &&
    isJsonObject(payload) &&
    structProblem(payload) === undefined;
  const event = isFlat ? unflattened(json, payload, facts) : json;
  const judged = judgeEvent(event, {});
  if (judged.kind === "invalid") {
    const { violations, knownDefect } = judged;
    return Object.freeze({ kind: "rejected", violations, knownDefect: knownDefect ?? defect });
  }
  // The contract accepts it, so it is an object.
  const accepted = event as JsonMap;
  const written = withNamesOf(contract, renamingOf(eventType), accepted["payload"]);
  const isRenamed = written !== accepted["payload"];
  const result = isRenamed ? { ...accepted, payload: written } : accepted;
  const again = isRenamed ? judgeEvent(result, { contract }) : judged;
  if (again.kind === "invalid") {
    const { violations, knownDefect } = again;
    return Object.freeze({ kind: "rejected", violations, knownDefect });
  }
  return Object.freeze({
    kind: isFlat ? "unflattened" : isRenamed ? "renamed" : "unchanged",
    // The names are those of the generation.
    event: result as JsonIn<G, DossierEventJson<DossierEventType>, LaterDossierEventJson>,
  });
}

function factsIn(assume: Assumptions | null | undefined): Assumptions {
  const fields = LocalNamespaceTupleSchema.fields.map(({ jsonName }) => jsonName);
  const facts = optionsIn(assume);
  const unknown = Object.keys(facts).find((field) => !fields.includes(field));
  if (unknown !== undefined) {
    throw new InvalidArgumentError("assume", `facts of a namespace: ${fields.join(", ")}`, unknown);
  }
  return facts;
}
