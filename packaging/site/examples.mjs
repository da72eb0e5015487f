import { readFileSync } from "node:fs";

/** The inputs that the playground offers, from the fixtures. The first one is shown at first. */
export function examples() {
  const manifest = JSON.parse(readFileSync("fixtures/manifest.json", "utf8")).fixtures;
  const fixture = (/** @type {string} */ id) => {
    const { path } = manifest.find((/** @type {{ id: string }} */ each) => each.id === id) ?? {};
    if (path === undefined) {
      throw new Error(`There is no fixture ${id}.`);
    }
    return readFileSync(`fixtures/${path}`, "utf8");
  };
  const drift = fixture("dossier-replay-drift-scenario");
  const clean = fixture("dossier-replay-happy-path");
  return [
    { name: "A mission that drifted", text: drift },
    { name: "A clean mission", text: clean },
    { name: "Misspelled names", text: misspelled(clean) },
    { name: "Payloads that the contract rejects", text: rejected(clean, manifest, fixture) },
    { name: "Malformed payloads", text: fixture("stream-malformed-payloads") },
    { name: "Event types that are unknown", text: fixture("stream-unknown-event-types") },
    { name: "Two generations of the contract", text: fixture("generations-replay-mixed") },
    { name: "Two missions in one log", text: clean + drift },
  ];
}

/** The stream with a typo in each of three events, as people make them. */
function misspelled(/** @type {string} */ stream) {
  const [first = "", second = "", third = "", ...rest] = stream.split("\n");
  return [
    first.replace('"artifact_class":"input"', '"artifact_class":"inputt"'),
    second.replace('"artifact_class"', '"artifact_clas"'),
    third.replace('"MissionDossierArtifactIndexed"', '"MissionDossierArtefactIndexed"'),
    ...rest,
  ].join("\n");
}

/** The invalid payloads of the fixtures, each in an event of the stream of its type. */
function rejected(
  /** @type {string} */ stream,
  /** @type {{ id: string, event_type: string, expected_result: string }[]} */ manifest,
  /** @type {(id: string) => string} */ fixture,
) {
  const [first = ""] = stream.split("\n");
  const event = JSON.parse(first);
  const invalid = manifest.filter(
    ({ id, expected_result }) =>
      (id.startsWith("dossier-") && expected_result === "invalid") || FLAT.includes(id),
  );
  const events = invalid.map(({ id, event_type }, index) => ({
    ...event,
    event_id: `${event.event_id.slice(0, -2)}${String(index).padStart(2, "0")}`,
    event_type,
    lamport_clock: event.lamport_clock + index,
    payload: inMission(event, JSON.parse(fixture(id))),
  }));
  return [event, ...events].map((each) => `${JSON.stringify(each)}\n`).join("");
}

/** The payload in the mission of an event, unless its namespace is what is wrong with it. */
function inMission(
  /** @type {{ payload: { namespace: object } }} */ { payload: { namespace } },
  /** @type {{ namespace: object }} */ payload,
) {
  const isComplete = Object.keys(payload.namespace).length >= FEWEST;
  return isComplete ? { ...payload, namespace } : payload;
}

/** A namespace has so many required fields. */
const FEWEST = 5;

/** The incident that the contract exists for: a producer whose payloads were flat. */
const FLAT = ["boundary-artifact-indexed-flat"];
