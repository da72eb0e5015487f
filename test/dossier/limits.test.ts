import { describe, expect, test } from "vitest";
import { Dossier } from "../../src/dossier/dossier.js";
import { MAX_ENTRIES } from "../../src/dossier/fold.js";
import { readValidEvent } from "../../src/event/envelope/read-event.js";
import { TooLargeError } from "../../src/index.js";
import { event, indexed } from "../support/examples.js";

/** A dossier with one path, whose maps pretend to have another size. */
function dossierOf(paths: number, namespaces: number): Dossier {
  const dossier = new Dossier("mission");
  add(dossier);
  Object.defineProperty(dossier.fold.paths, "size", { value: paths });
  Object.defineProperty(dossier.fold.namespaces, "size", { value: namespaces });
  return dossier;
}

function add(dossier: Dossier): void {
  const read = readValidEvent(event("MissionDossierArtifactIndexed", indexed));
  if (read.kind !== "other") {
    dossier.add(read, undefined, false);
  }
}

describe("a dossier with as many paths or namespaces as a map has entries", () => {
  test.each([
    [MAX_ENTRIES - 1, 1],
    [1, MAX_ENTRIES],
  ])(
    "refuses an event with %d paths and %d namespaces, and stays unchanged",
    (paths, namespaces) => {
      const dossier = dossierOf(paths, namespaces);
      expect(() => add(dossier)).toThrow(TooLargeError);
      expect(dossier.eventCount).toBe(1);
    },
  );

  test.each([
    [MAX_ENTRIES - 2, 1],
    [1, MAX_ENTRIES - 1],
  ])("accepts an event with %d paths and %d namespaces", (paths, namespaces) => {
    const dossier = dossierOf(paths, namespaces);
    add(dossier);
    expect(dossier.eventCount).toBe(2);
  });

  test("refuses to merge another one, and stays unchanged", () => {
    const dossier = dossierOf(MAX_ENTRIES, 1);
    const other = new Dossier("mission");
    add(other);
    expect(() => dossier.merge(other)).toThrow(TooLargeError);
    expect(dossier.eventCount).toBe(1);
  });
});
