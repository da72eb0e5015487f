// The input of the page: the fixtures, as text from their files.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { DossierEventType, Generation } from "mission-dossier";
import { type Judgment, judge } from "./judge.js";
import type { ServedFile } from "./server.js";

/** A single payload or envelope. */
export type Case = {
  readonly id: string;
  readonly eventType: DossierEventType | "Event";
  readonly expected: "valid" | "invalid";
  /** The generation of the contract that it is judged by. */
  readonly contract: Generation;
  /** The JSON text. */
  readonly text: string;
  readonly inNode: Judgment;
};

/** A stream of events, and the text of its expected state. */
export type Stream = { readonly id: string; readonly url: string; readonly state: string };

export type Material = { readonly cases: readonly Case[]; readonly streams: readonly Stream[] };

/** The path under which {@link Material} is served. */
export const MATERIAL = "/material.json";

/** The used parts of an entry of the manifest, which other tests check completely. */
type Entry = {
  readonly id: string;
  readonly path: string;
  readonly event_type: Case["eventType"];
  readonly expected_result?: Case["expected"];
  readonly min_version: Case["contract"];
  readonly fixture_type?: "replay_stream" | "reducer_output";
  readonly stream?: string;
};

/** @param folder The folder of the fixtures. */
export function readMaterial(folder: string): ReadonlyMap<string, ServedFile> {
  const read = (path: string) => readFileSync(join(folder, path), "utf8");
  const manifest: { readonly fixtures: readonly Entry[] } = JSON.parse(read("manifest.json"));
  const files = new Map<string, ServedFile>();
  const cases: Case[] = [];
  const streams: Stream[] = [];
  for (const { id, path, event_type: eventType, ...entry } of manifest.fixtures) {
    const text = read(path);
    if (entry.expected_result !== undefined) {
      const inNode = judge(eventType, JSON.parse(text));
      const { expected_result: expected, min_version: contract } = entry;
      cases.push({ id, eventType, expected, contract, text, inNode });
    } else if (entry.fixture_type === "replay_stream") {
      const url = `/streams/${id}.jsonl`;
      files.set(url, { type: "application/jsonl", body: text });
      // Served without a content encoding, or the browser would unpack it.
      files.set(`${url}.gz`, { type: "application/gzip", body: gzipSync(text) });
      const output = manifest.fixtures.find(({ stream }) => stream === id);
      streams.push({ id, url, state: read(output?.path ?? "") });
    }
  }
  const material: Material = { cases, streams };
  return files.set(MATERIAL, { type: "application/json", body: JSON.stringify(material) });
}
