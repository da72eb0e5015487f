import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import {
  DossierAccumulator,
  type EventJson,
  keyOfNamespace,
  reduceByNamespace,
  stateToJsonString,
} from "../../../src/index.js";
import { currentStates } from "../../../src/projection/files/index.js";
import { readProjectedMission } from "../../../src/projection/index.js";
import { event, indexed } from "../../support/examples.js";

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An event of a mission that indexes a path. */
export function eventOf(mission: string, path: string, hash = "aa", clock = 1): EventJson {
  return {
    ...event("MissionDossierArtifactIndexed", {
      ...indexed,
      namespace: { ...indexed.namespace, feature_slug: mission },
      artifact_id: { ...indexed.artifact_id, path },
      content_ref: { ...indexed.content_ref, hash },
    }),
    lamport_clock: clock,
  } as unknown as EventJson;
}

/** The stored states by mission, as text. */
export async function storedStates(folder: string): Promise<ReadonlyMap<string, string>> {
  const states = await currentStates(folder);
  const all = new Map<string, string>();
  await states.load();
  for (const mission of states.missions) {
    const found = await states.get(mission);
    const { checkpoint } = readProjectedMission(found?.bytes ?? new Uint8Array());
    all.set(mission, stateToJsonString(DossierAccumulator.fromBinary(checkpoint).state()));
  }
  return all;
}

/** The states that `reduce --by-namespace` gives for the lines of a log, and its poison. */
export function reducedStates(lines: readonly string[]): {
  readonly states: ReadonlyMap<string, string>;
  readonly poison: number;
} {
  const events: EventJson[] = [];
  let poison = 0;
  for (const line of lines) {
    try {
      const json = JSON.parse(line);
      const { unassigned } = reduceByNamespace([json]);
      poison += unassigned.state.eventCount;
      events.push(json);
    } catch {
      poison++;
    }
  }
  const states = new Map(
    reduceByNamespace(events).missions.map(({ state }) => [
      keyOfNamespace(state.namespace ?? expect.fail()),
      stateToJsonString(state),
    ]),
  );
  return { states, poison };
}
