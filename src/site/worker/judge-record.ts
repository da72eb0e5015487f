import { isToldByEnvelope, toldViolations } from "../../conformance/told-violations.js";
import type { ValidationResult } from "../../conformance/validate-event.js";
import { validateEnvelope } from "../../conformance/validate-event.js";
import type { Violation } from "../../event/errors/violation.js";
import type { Generation } from "../../event/generation/generation.js";
import { isJsonObject } from "../../event/json/json-object.js";
import { isDossierEventType } from "../../event/model/registry.js";
import { expectationText } from "../../report/expectation-text.js";
import { shownText } from "../../report/tables.js";
import type { Problem } from "../problem.js";

/** The verdict on one record of an input. */
export type RecordVerdict = {
  readonly verdict: "accepted" | "rejected" | "other type" | "not JSON";
  readonly eventType: string | null;
  /** The generation of the contract that judged it, if it is JSON. */
  readonly contract: Generation | null;
  readonly problems: readonly Problem[];
};

/** Judges a record as an event: its envelope, and its payload if the contract has its type. */
export function judgeRecord(json: unknown): RecordVerdict {
  const results = validateEnvelope(json);
  const given = isJsonObject(json) ? json["event_type"] : undefined;
  const eventType = typeof given === "string" ? given : null;
  const isValid = results.every(({ valid }) => valid);
  return {
    verdict: isValid ? (isDossierEventType(eventType) ? "accepted" : "other type") : "rejected",
    eventType,
    contract: results.at(-1)?.contract ?? null,
    problems: isValid && results[0].warnings === undefined ? [] : problemsOf(results),
  };
}

function problemsOf(results: readonly ValidationResult[]): Problem[] {
  return results.flatMap((result, index) => {
    const prefix = index === 0 ? [] : ["payload"];
    return [
      ...defectsOf(result),
      ...toldViolations(result)
        .filter((each) => index === 0 || !isToldByEnvelope(each))
        .map((each) => problemOf(each, prefix, false)),
      ...(result.warnings ?? []).map((each) => problemOf(each, prefix, true)),
    ];
  });
}

function defectsOf({ knownDefect }: ValidationResult): Problem[] {
  if (knownDefect === undefined) {
    return [];
  }
  const { name, message, moves } = knownDefect;
  return [
    {
      path: ["payload"],
      field: "payload",
      text: shownText(message),
      rule: name,
      isWarning: false,
      moves,
    },
  ];
}

function problemOf(violation: Violation, prefix: readonly string[], isWarning: boolean): Problem {
  const { field, path, violationType, suggestion } = violation;
  const dot = prefix.length === 0 || field === "" || field.startsWith("[") ? "" : ".";
  return {
    path: [...prefix, ...path],
    field: shownText(`${prefix.join(".")}${dot}${field}`),
    text: shownText(expectationText(violation)),
    rule: violationType,
    isWarning,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
