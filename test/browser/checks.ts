// The checks of the bundled library that run in a browser.
import {
  acceptsPayload,
  DossierAccumulator,
  MISSION_DOSSIER_SNAPSHOT_COMPUTED,
  reduceMissionDossier,
  stateFromBinary,
  stateToBinary,
  stateToJsonString,
  validateEvent,
} from "mission-dossier";
import { readEvents } from "mission-dossier/stream";
import { judge } from "./judge.js";
import type { Case, Material, Stream } from "./material.js";

/** The result of one check. */
export type Check = {
  readonly name: string;
  /** The number of items that were checked. */
  readonly count: number;
  readonly failures: readonly string[];
};

// The types of Node lack this event of browsers. Only the used parts are declared.
declare function addEventListener(
  type: "securitypolicyviolation",
  listener: (event: { readonly violatedDirective: string; readonly blockedURI: string }) => void,
): void;

export async function runChecks(): Promise<readonly Check[]> {
  const blocked: string[] = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
    blocked.push(`${violatedDirective} does not allow ${blockedURI}`);
  });
  const response = await fetch("/material.json");
  // The server is part of this test, so the shape is not checked.
  const { cases, streams } = (await response.json()) as Material;
  const checks = [
    await check("cases have the verdict of the manifest", cases, verdict),
    await check("cases have the violations and the binary form that Node gives them", cases, same),
    await check("a broken rule is named", ["artifact_count"], violation),
    await check("streams give the state of the fixtures", streams, ({ url, state }) =>
      reduced(url, state),
    ),
    await check("gzipped streams give the state of the fixtures", streams, ({ url, state }) =>
      reduced(`${url}.gz`, state),
    ),
    await check("an accumulator can go on from a checkpoint", streams, fromCheckpoint),
  ];
  await told();
  return [
    ...checks,
    await check("the library does not violate the policy", [new Set(blocked)], (all) => [...all]),
    // This check is the last, because it violates the policy on purpose.
    await check("the policy forbids compiling code", [blocked], forbidsCode),
  ];
}

async function check<T>(
  name: string,
  items: readonly T[],
  failuresOf: (item: T) => readonly string[] | Promise<readonly string[]>,
): Promise<Check> {
  const failures: string[] = [];
  for (const item of items) {
    const about = typeof item === "object" && item !== null && "id" in item ? `${item.id}: ` : "";
    const found = await Promise.resolve(item)
      .then(failuresOf)
      .catch((error: unknown) => [String(error)]);
    failures.push(...found.map((failure) => `${about}${failure}`));
  }
  return { name, count: items.length, failures };
}

function verdict({ eventType, expected, contract, text }: Case): readonly string[] {
  const json: unknown = JSON.parse(text);
  const words = (isValid: boolean) => (isValid ? "valid" : "invalid");
  const parsed = words(judge(eventType, json).violations.length === 0);
  if (eventType === "Event") {
    const { valid } = validateEvent(json, eventType, { contract });
    // A reader also takes envelopes that lack what one generation of the contract requires.
    return [
      ...difference("validateEvent", expected, words(valid)),
      ...(expected === "valid" ? difference("parseEvent", expected, parsed) : []),
    ];
  }
  return [
    ...difference("parsePayload", expected, parsed),
    ...difference("acceptsPayload", expected, words(acceptsPayload(eventType, json))),
  ];
}

function same({ eventType, text, inNode }: Case): readonly string[] {
  const here = judge(eventType, JSON.parse(text));
  return difference("judgment", JSON.stringify(inNode), JSON.stringify(here));
}

/** Compared with fixed violations, since Node and the browser could have the same mistake. */
function violation(field: string): readonly string[] {
  const payload = {
    namespace: {
      project_uuid: "ee7c20f1-5d02-4f0e-9a5b-7e0f6f2c9d41",
      feature_slug: "017-webhook-delivery",
      target_branch: "main",
      mission_key: "software-dev",
      manifest_version: "1",
    },
    snapshot_hash: "f78a67d8a6f59b1d",
    artifact_count: 1,
    anomaly_count: 0,
    computed_at: "2026-02-24T10:37:11Z",
    [field]: -1,
  };
  const { violations } = judge(MISSION_DOSSIER_SNAPSHOT_COMPUTED, payload);
  const found = violations.map(({ violationType, ...other }) => `${other.field} ${violationType}`);
  return difference("violations", `${field} int32.gte`, found.join());
}

async function reduced(url: string, expected: string): Promise<readonly string[]> {
  const { body } = await fetch(url);
  const events = [];
  for await (const event of readEvents(body ?? "")) {
    events.push(event);
  }
  const state = reduceMissionDossier(events);
  const copy = stateFromBinary(stateToBinary(state));
  return [
    ...difference("state", expected, `${stateToJsonString(state, 2)}\n`),
    ...difference("state, through its binary form", expected, `${stateToJsonString(copy, 2)}\n`),
  ];
}

async function fromCheckpoint({ url, state }: Stream): Promise<readonly string[]> {
  const once = await accumulated(url, new DossierAccumulator());
  // Some streams have an id whose second content sorts first: those are read once more.
  const accumulator = await accumulated(url, once.replay());
  return difference("state", state, `${stateToJsonString(accumulator.state(), 2)}\n`);
}

/** The events of a stream in an accumulator that is restored from a checkpoint after each. */
async function accumulated(url: string, start: DossierAccumulator): Promise<DossierAccumulator> {
  const { body } = await fetch(url);
  let accumulator = start;
  for await (const event of readEvents(body ?? "")) {
    accumulator.add(event);
    accumulator = DossierAccumulator.fromBinary(accumulator.toBinary());
  }
  return accumulator;
}

async function forbidsCode(blocked: readonly string[]): Promise<readonly string[]> {
  const before = blocked.length;
  try {
    new Function("return 1")();
    return ["code was compiled"];
  } catch {
    await told();
    return blocked.length > before ? [] : ["the page got no event for it"];
  }
}

/** Waits until the page has received the events of all violations so far, which come later. */
async function told(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
}

/** A failure that shows two texts from where they begin to differ; empty if they are equal. */
function difference(what: string, expected: string, got: string): readonly string[] {
  if (got === expected) {
    return [];
  }
  let start = 0;
  while (expected[start] === got[start]) {
    start++;
  }
  const from = Math.max(0, start - 40);
  const part = (text: string) => JSON.stringify(text.slice(from, from + 160));
  const where = from === 0 ? "" : `, from character ${from}`;
  return [`${what}${where}: expected ${part(expected)}, got ${part(got)}`];
}
