import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { type ArtifactEntry, isPresent, type MissionDossierState } from "../dossier/state.js";
import { bareHash } from "../parity/content-hash.js";
import { type Classes, isInside } from "./classes.js";
import type { FileId, HashedFile } from "./hash-file.js";
import { type Artifact, type Emitter, NewEvents } from "./new-events.js";
import type { RecordedLog } from "./recorded-log.js";
import { type Scan, type ScanOptions, scanFolder } from "./scan-folder.js";

/** A folder, and the log that is to be brought up to date with it. */
export type IndexOptions = ScanOptions & {
  /** The log. The new events are added to it. */
  readonly log: RecordedLog;
  readonly namespace: LocalNamespaceTupleJson;
  readonly emitter: Emitter;
  readonly classes: Classes;
  /** Whether a file is not indexed, such as the log itself. */
  readonly isExcluded?: (path: string, id: FileId) => boolean;
};

/** The outcome of indexing a folder. */
export type IndexResult = Pick<Scan, "links" | "problems"> & {
  /** The events that bring the log up to date with the folder. */
  readonly events: NewEvents["all"];
  readonly counts: IndexCounts;
};

/** How many artifacts there are of each kind. */
export type IndexCounts = {
  readonly unchanged: number;
  /** New, changed or reclassified, each with an event. */
  readonly indexed: number;
  /** Of the indexed ones, those that had another path before. */
  readonly renamed: number;
  /** Missing or not readable, each with an event. */
  readonly missing: number;
  /** Missing or not readable, as the log already says. */
  readonly stillMissing: number;
  /** Of the missing ones, old and new, those that the log still has as artifacts. */
  readonly vanished: number;
};

/**
 * Compares the files in a folder with a log, and makes the events that bring the log up to
 * date. An artifact that is new, changed or reclassified is indexed. One that is required or
 * recorded but absent or unreadable is reported as missing, once. The last event is a snapshot,
 * unless the latest one in the log still holds. `docs/indexing.md` has the rules.
 *
 * @throws The error of the file system when the folder itself cannot be read.
 * @throws The reason of the signal when it is aborted.
 * @throws InvalidEventError when the namespace or the node id breaks the contract.
 * @throws ReplayRequiredError when the log is stale.
 */
export async function indexFolder(options: IndexOptions): Promise<IndexResult> {
  const { folder, log, classes } = options;
  const state = log.state();
  const prefix = folder === "" ? "" : `${folder}/`;
  const required = new Set(classes.required.map((path) => prefix + path));
  const recorded = presentBelow(prefix, state);
  const { files, links, problems } = await scanFolder(
    options,
    [...recorded, ...required],
    (path) => state.artifacts.get(path)?.contentRef.algorithm ?? "sha256",
  );
  const events = new NewEvents(log, options.namespace, options.emitter);
  const counts = { unchanged: 0, indexed: 0, missing: 0, stillMissing: 0, vanished: 0 };
  const gone = goneByContent(recorded, files, state);
  const renamed = new Set<string>();
  const lost: [Artifact, Exclude<HashedFile["kind"], "hashed">][] = [];
  for (const [path, file] of files) {
    const rule = classes.ruleFor(path.slice(prefix.length));
    const artifact: Artifact = { path, rule, entry: state.artifacts.get(path) };
    if (file.kind !== "hashed") {
      lost.push([artifact, file.kind]);
    } else if (isUnchanged(artifact, file, log)) {
      counts.unchanged++;
    } else if (!options.isExcluded?.(path, file.id)) {
      const before = isPresent(artifact.entry) ? undefined : gone.get(contentKey(file))?.shift();
      events.indexed({ ...artifact, entry: artifact.entry ?? before }, file, before);
      counts.indexed++;
      if (before !== undefined) {
        renamed.add(before.identity.path);
      }
    }
  }
  for (const [artifact, kind] of lost) {
    const { path, entry } = artifact;
    const isVanished = kind === "absent" && isPresent(entry) && !renamed.has(path);
    if (kind === "absent" && !isVanished && !required.has(path)) {
      continue;
    }
    counts.vanished += isVanished ? 1 : 0;
    if (log.wordOn(path)?.kind === "anomaly") {
      counts.stillMissing++;
    } else {
      events.missing(artifact, isVanished ? "vanished" : kind);
      counts.missing++;
    }
  }
  events.snapshot();
  return { events: events.all, links, problems, counts: { ...counts, renamed: renamed.size } };
}

/** The paths of the artifacts in a folder that the log has and that are not superseded. */
function presentBelow(prefix: string, { artifacts }: MissionDossierState): string[] {
  return [...artifacts].flatMap(([path, entry]) =>
    isPresent(entry) && path.startsWith(prefix) && isInside(path) && !isInGit(path) ? [path] : [],
  );
}

function isInGit(path: string): boolean {
  return path.split("/").includes(".git");
}

/** Whether the log already says about an artifact what a new event would say. */
function isUnchanged({ path, rule, entry }: Artifact, file: Hashed, log: RecordedLog): boolean {
  return (
    isPresent(entry) &&
    log.wordOn(path)?.kind === "artifact" &&
    contentKey(file) === contentKey(entry.contentRef) &&
    entry.identity.artifactClass === rule.artifact_class &&
    (rule.wp_id === undefined || entry.identity.wpId === rule.wp_id)
  );
}

/** The artifacts that are no longer in the folder, by their content, to recognize renamed files. */
function goneByContent(
  recorded: readonly string[],
  files: ReadonlyMap<string, HashedFile>,
  { artifacts }: MissionDossierState,
): ReadonlyMap<string, ArtifactEntry[]> {
  const gone = new Map<string, ArtifactEntry[]>();
  for (const path of recorded) {
    const entry = artifacts.get(path);
    if (entry !== undefined && files.get(path)?.kind === "absent") {
      const key = contentKey(entry.contentRef);
      gone.set(key, [...(gone.get(key) ?? []), entry]);
    }
  }
  return gone;
}

type Hashed = Extract<HashedFile, { kind: "hashed" }>;

/** Text that two contents share exactly when their hashes are the same. */
function contentKey({ algorithm, hash }: Pick<Hashed, "algorithm" | "hash">): string {
  return `${algorithm}:${bareHash(hash).toLowerCase()}`;
}
