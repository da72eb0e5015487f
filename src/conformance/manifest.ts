import {
  FIRST_GENERATION,
  type Generation,
  LATER_GENERATION,
} from "../event/generation/generation.js";
import { describeJson } from "../event/json/describe-json.js";
import { isJsonObject } from "../event/json/json-object.js";
import { FixtureManifestError } from "./errors.js";
import { isJudgedType, JUDGED_TYPES, type JudgedType } from "./validate-event.js";

/** One fixture of the manifest. */
export type ManifestEntry = PayloadEntry | StreamEntry | OutputEntry;

type CommonEntry = {
  /** The name of the file in kebab-case. */
  readonly id: string;
  /** The file, relative to the folder of the manifest. */
  readonly path: string;
  /** The first folder of the path. */
  readonly category: string;
  /** A sentence that says what the fixture shows. */
  readonly notes: string;
  /** The first version of the contract that the fixture applies to. */
  readonly minVersion: string;
};

/** A single payload, and whether the contract accepts it. */
export type PayloadEntry = CommonEntry & {
  readonly kind: "payload";
  readonly eventType: JudgedType;
  readonly expectedValid: boolean;
};

/** A stream of events as JSON Lines. */
export type StreamEntry = CommonEntry & { readonly kind: "replay_stream" };

/** The expected state of a stream. */
export type OutputEntry = CommonEntry & {
  readonly kind: "reducer_output";
  /** The id of the stream. */
  readonly stream: string;
};

/** The name of the manifest in the folder of the fixtures. */
export const MANIFEST_FILE = "manifest.json";

/** The keys of each kind of entry. All are required, and no others are allowed. */
const keysOf: { readonly [K in ManifestEntry["kind"]]: readonly string[] } = {
  payload: ["id", "path", "event_type", "expected_result", "notes", "min_version"],
  replay_stream: ["id", "path", "fixture_type", "notes", "min_version"],
  reducer_output: ["id", "path", "fixture_type", "stream", "notes", "min_version"],
};

/**
 * Reads the manifest of the fixtures strictly. Unknown keys, missing keys and
 * contradictions are errors, so that a typo cannot take a fixture out of the tests.
 *
 * @param json The manifest, as parsed by `JSON.parse`.
 * @throws FixtureManifestError for the first problem found.
 */
export function readManifest(json: unknown): readonly ManifestEntry[] {
  const list =
    isJsonObject(json) && Object.keys(json).join() === "fixtures" ? json["fixtures"] : null;
  if (!Array.isArray(list)) {
    const problem = 'the manifest must be an object with the one key "fixtures", which is a list';
    throw new FixtureManifestError(undefined, undefined, problem);
  }
  const entries = list.map((entry: unknown, index) => new EntryReader(entry, index).read());
  checkIds(entries);
  checkStreams(entries);
  return entries;
}

/**
 * Makes sure that the manifest lists every file of the fixtures, and that every
 * listed file exists.
 *
 * @param files The files of the folder, relative to it, without the manifest.
 * @throws FixtureManifestError for the first file that is missing or not listed.
 */
export function checkFiles(entries: readonly ManifestEntry[], files: Iterable<string>): void {
  const found = new Set(files);
  for (const { id, path } of entries) {
    if (!found.delete(path)) {
      throw new FixtureManifestError(id, path, "the file does not exist");
    }
  }
  for (const path of found) {
    throw new FixtureManifestError(undefined, path, "the manifest does not list this file");
  }
}

/** The generation of the contract that a fixture is judged by: the one of its first version. */
export function generationOfFixture({ minVersion }: { readonly minVersion: string }): Generation {
  const isLater = minVersion.localeCompare(LATER_GENERATION, "en", { numeric: true }) >= 0;
  return isLater ? LATER_GENERATION : FIRST_GENERATION;
}

/** Reads one entry. Its errors name the entry's id and path. */
class EntryReader {
  private readonly json: { readonly [key: string]: unknown };

  constructor(
    json: unknown,
    private readonly index: number,
  ) {
    this.json = isJsonObject(json) ? json : {};
    if (!isJsonObject(json)) {
      this.reject(`must be an object, got ${describeJson(json)}`);
    }
  }

  read(): ManifestEntry {
    const kind = this.kind();
    this.checkKeys(kind);
    const common = {
      id: this.matching("id", /^[a-z0-9]+(?:-[a-z0-9]+)*$/, "an id in kebab-case"),
      notes: this.matching("notes", /\S/, "a sentence"),
      minVersion: this.matching("min_version", /^\d+\.\d+\.\d+$/, "a version of three numbers"),
    };
    switch (kind) {
      case "payload": {
        const expected = this.oneOf("expected_result", ["valid", "invalid"]);
        return {
          kind,
          ...common,
          ...this.place(["valid", "invalid"], "json", expected),
          eventType: this.eventType(),
          expectedValid: expected === "valid",
        };
      }
      case "replay_stream":
        return { kind, ...common, ...this.place(["replay"], "jsonl") };
      case "reducer_output":
        return {
          kind,
          ...common,
          ...this.place(["replay"], "json"),
          stream: this.text("stream"),
        };
    }
  }

  private kind(): ManifestEntry["kind"] {
    return Object.hasOwn(this.json, "fixture_type")
      ? this.oneOf("fixture_type", ["replay_stream", "reducer_output"])
      : "payload";
  }

  private checkKeys(kind: ManifestEntry["kind"]): void {
    const keys = keysOf[kind];
    const unknown = Object.keys(this.json).find((key) => !keys.includes(key));
    if (unknown !== undefined) {
      this.reject(`the key ${JSON.stringify(unknown)} is unknown, known are ${keys.join(", ")}`);
    }
    const missing = keys.find((key) => !Object.hasOwn(this.json, key));
    if (missing !== undefined) {
      this.reject(`the key "${missing}" is missing`);
    }
  }

  /** Splits the path, and checks each part against the rest of the entry. */
  private place(
    folders: readonly string[],
    extension: "json" | "jsonl",
    expectedResult?: string,
  ): { readonly path: string; readonly category: string } {
    const path = this.text("path");
    if (/^[/~]|^[A-Za-z]:|\\/.test(path) || path.split("/").includes("..")) {
      this.reject("the path leads out of the folder of the fixtures");
    }
    const [category = "", folder = "", file = "", ...deeper] = path.split("/");
    if (!/^[a-z0-9_]+$/.test(category) || !folders.includes(folder) || deeper.length > 0) {
      this.reject(`the path must be <category>/${folders.join(" or ")}/<file>`);
    }
    if (expectedResult !== undefined && folder !== expectedResult) {
      this.reject(
        `expected_result is "${expectedResult}", but the file is in the folder ${folder}`,
      );
    }
    const expectedFile = `${this.text("id").replaceAll("-", "_")}.${extension}`;
    if (file !== expectedFile) {
      this.reject(`the file of this id must be ${expectedFile}`);
    }
    return { path, category };
  }

  private eventType(): JudgedType {
    const eventType = this.text("event_type");
    return isJudgedType(eventType)
      ? eventType
      : this.rejectValue("event_type", `one of ${JUDGED_TYPES.join(", ")}`);
  }

  private text(key: string): string {
    const value = this.json[key];
    return typeof value === "string" ? value : this.rejectValue(key, "text");
  }

  private matching(key: string, pattern: RegExp, words: string): string {
    const value = this.text(key);
    return pattern.test(value) ? value : this.rejectValue(key, words);
  }

  private oneOf<T extends string>(key: string, values: readonly T[]): T {
    return (
      values.find((known) => known === this.json[key]) ?? this.rejectValue(key, values.join(" or "))
    );
  }

  private rejectValue(key: string, expected: string): never {
    return this.reject(`${key} must be ${expected}, got ${describeJson(this.json[key])}`);
  }

  private reject(problem: string): never {
    const { id, path } = this.json;
    throw new FixtureManifestError(
      typeof id === "string" ? id : undefined,
      typeof path === "string" ? path : undefined,
      typeof id === "string" ? problem : `entry ${this.index} of the manifest: ${problem}`,
    );
  }
}

function checkIds(entries: readonly ManifestEntry[]): void {
  const ids = new Set<string>();
  for (const { id, path } of entries) {
    if (ids.has(id)) {
      throw new FixtureManifestError(id, path, "another fixture already has this id");
    }
    ids.add(id);
  }
}

/** Makes sure that each stream has exactly one state, and each state a stream. */
function checkStreams(entries: readonly ManifestEntry[]): void {
  const streams = new Map(
    entries.flatMap((entry) => (entry.kind === "replay_stream" ? [[entry.id, entry]] : [])),
  );
  for (const entry of entries) {
    if (entry.kind === "reducer_output") {
      const { id, path, stream } = entry;
      if (!streams.delete(stream)) {
        const problem = `stream must be the id of a stream without another state, got ${describeJson(stream)}`;
        throw new FixtureManifestError(id, path, problem);
      }
      if (id !== `${stream}-state`) {
        const problem = `the id of the state of this stream must be ${stream}-state`;
        throw new FixtureManifestError(id, path, problem);
      }
    }
  }
  for (const { id, path } of streams.values()) {
    throw new FixtureManifestError(id, path, "this stream has no expected state");
  }
}
