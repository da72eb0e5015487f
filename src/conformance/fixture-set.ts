import type { EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import type { EventJson as LaterEventJson } from "../../gen/speckitty/dossier/v3/contract.js";
import { optionsIn } from "../event/errors/arguments.js";
import { reasonOf } from "../event/errors/mission-dossier-error.js";
import {
  type ContractOptions,
  chosenGeneration,
  type Generation,
} from "../event/generation/generation.js";
import { deepFreeze } from "../event/json/immutable.js";
import {
  FixtureManifestError,
  NotAReplayStreamError,
  UnknownFixtureCategoryError,
  UnknownFixtureError,
} from "./errors.js";
import type { FixtureFiles } from "./fixture-files.js";
import {
  checkFiles,
  generationOfFixture,
  MANIFEST_FILE,
  type ManifestEntry,
  readManifest,
  type StreamEntry,
} from "./manifest.js";
import type { JudgedType } from "./validate-event.js";

/** A single payload, and the verdict that every implementation must give on it. */
export type FixtureCase = {
  /** Its id in kebab-case, unique in the manifest. */
  readonly id: string;
  /** The wire JSON, deeply frozen. An invalid payload may be any JSON, not only an object. */
  readonly payload: unknown;
  /** Whether the contract accepts the payload. */
  readonly expectedValid: boolean;
  /** The event type of the payload, or `Event` for an envelope. */
  readonly eventType: JudgedType;
  /** A sentence that says what the case shows. */
  readonly notes: string;
  /** The first version of the contract that the case applies to. */
  readonly minVersion: string;
  /**
   * The generation that gives the verdict, to pass as an option of `validateEvent`. Without that
   * option, an envelope of 3.0.0 may lack its `build_id`, as for a reader.
   */
  readonly contract: Generation;
};

/** The choice of fixtures. */
export type FixtureOptions = {
  /** The generation of the contract that the fixtures are of. Default: every generation. */
  readonly contract?: ContractOptions["contract"];
};

/** Fixtures, all of them listed in their manifest. */
export class FixtureSet {
  /** The categories (the first folder of each path), in the order of the manifest. */
  readonly categories: readonly string[];
  private readonly entries: readonly ManifestEntry[];

  /** @throws FixtureManifestError when the manifest is invalid or does not match the files. */
  constructor(private readonly files: FixtureFiles) {
    const manifest = this.read(undefined, MANIFEST_FILE);
    this.entries = readManifest(parseJson(manifest, undefined, MANIFEST_FILE));
    checkFiles(
      this.entries,
      files.paths.filter((path) => path !== MANIFEST_FILE),
    );
    this.categories = Object.freeze([...new Set(this.entries.map(({ category }) => category))]);
  }

  /** The ids of the streams, in the order of the manifest. */
  streams(options?: FixtureOptions): readonly string[] {
    const isAsked = askedBy(options);
    const streams = this.entries.filter(
      (entry) => entry.kind === "replay_stream" && isAsked(entry),
    );
    return Object.freeze(streams.map(({ id }) => id));
  }

  /**
   * The single payloads of a category, in the order of the manifest.
   *
   * @throws UnknownFixtureCategoryError when the category is unknown.
   * @throws FixtureManifestError when a file is not JSON.
   */
  cases(category: string, options?: FixtureOptions): readonly FixtureCase[] {
    const isAsked = askedBy(options);
    if (!this.categories.includes(category)) {
      throw new UnknownFixtureCategoryError(category, this.categories);
    }
    const cases = this.entries.flatMap((entry): FixtureCase[] => {
      if (entry.kind !== "payload" || entry.category !== category || !isAsked(entry)) {
        return [];
      }
      const { id, path, expectedValid, eventType, notes, minVersion } = entry;
      const payload = parseJson(this.read(id, path), id, path);
      const contract = generationOfFixture(entry);
      return [{ id, payload, expectedValid, eventType, notes, minVersion, contract }];
    });
    return deepFreeze(cases);
  }

  /**
   * The envelopes of a stream, as wire JSON, in the order of the file.
   *
   * @throws UnknownFixtureError when no fixture has the id.
   * @throws NotAReplayStreamError when the fixture is not a stream.
   * @throws FixtureManifestError when a line is not JSON.
   */
  stream(id: string): readonly (EventJson | LaterEventJson)[] {
    const { path } = this.streamEntry(id);
    const lines = this.read(id, path).trimEnd().split("\n");
    const events = lines.map((line, index) => parseJson(line, id, path, index + 1));
    // The tests check that the envelopes of the fixtures are valid.
    return deepFreeze(events) as readonly (EventJson | LaterEventJson)[];
  }

  /**
   * The expected state of a stream, as text.
   *
   * @throws UnknownFixtureError when no fixture has the id.
   * @throws NotAReplayStreamError when the fixture is not a stream.
   */
  reducerOutput(streamId: string): string {
    const stream = this.streamEntry(streamId);
    const output = this.entries.find(
      (entry) => entry.kind === "reducer_output" && entry.stream === stream.id,
    );
    if (output === undefined) {
      throw new FixtureManifestError(stream.id, stream.path, "this stream has no expected state");
    }
    return this.read(output.id, output.path);
  }

  private streamEntry(id: string): StreamEntry {
    const entry = this.entries.find((entry) => entry.id === id);
    if (entry === undefined) {
      throw new UnknownFixtureError(id, this.streams());
    }
    if (entry.kind !== "replay_stream") {
      throw new NotAReplayStreamError(id, entry.kind, this.streams());
    }
    return entry;
  }

  private read(id: string | undefined, path: string): string {
    try {
      return this.files.read(path);
    } catch (error) {
      throw new FixtureManifestError(id, path, `cannot be read: ${reasonOf(error)}`);
    }
  }
}

/** @throws InvalidArgumentError when there is no such generation. */
function askedBy(options: FixtureOptions | undefined): (entry: ManifestEntry) => boolean {
  const contract = chosenGeneration(optionsIn(options));
  return (entry) => contract === undefined || generationOfFixture(entry) === contract;
}

function parseJson(text: string, id: string | undefined, path: string, line?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = line === undefined ? "" : `line ${line} is `;
    throw new FixtureManifestError(id, path, `${place}not JSON: ${reasonOf(error)}`);
  }
}
