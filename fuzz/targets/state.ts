import fc from "fast-check";
import {
  InvalidMessageError,
  type MissionDossierState,
  parseState,
  stateFromBinary,
  stateToBinary,
  stateToJson,
  stateToJsonString,
} from "mission-dossier";
import { STATES } from "../corpus.js";
import { treeText } from "../json-tree.js";
import { known } from "../known.js";
import { anyToken, mutatedTree } from "../mutate-json.js";
import { notingOddities } from "../oddity.js";
import { attempt, expect, expectSame } from "../outcome.js";
import { target } from "../target.js";

type Case = {
  /** The text of the state. */
  readonly json: string;
};

/** States as JSON. */
export const state = target<Case>({
  name: "state",
  roundSize: 200,
  cases: fc.record({
    json: fc.oneof(
      { weight: 20, arbitrary: mutatedTree(STATES).map(treeText) },
      { weight: 1, arbitrary: anyToken },
    ),
  }),
  run: ({ json }) => notingOddities([json], () => read(json)),
});

function read(json: string): void {
  const given: unknown = JSON.parse(json);
  const parsed = attempt(() => parseState(given), InvalidMessageError);
  if (parsed.kind === "result") {
    expectStateIsKept(parsed.value);
  } else {
    expect(
      "an error has a violation",
      parsed.error instanceof InvalidMessageError && parsed.error.violations.length > 0,
    );
  }
}

/** Makes sure that a state can be written in each form and read again. */
export function expectStateIsKept(given: MissionDossierState): void {
  expectSame("a state is the same after binary", stateFromBinary(stateToBinary(given)), given);
  // An object of JavaScript puts some keys first.
  const plain = known(sorted(given));
  const text = stateToJsonString(given, 2);
  expectSame("a state is the same after JSON text", sorted(parseState(JSON.parse(text))), plain);
  const json: unknown = JSON.parse(JSON.stringify(stateToJson(given)));
  expectSame("a state is the same after JSON", sorted(parseState(json)), plain);
}

/** A state, with its artifacts in an order of their own. */
function sorted(given: MissionDossierState): object {
  const artifacts = [...given.artifacts].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...given, artifacts };
}
