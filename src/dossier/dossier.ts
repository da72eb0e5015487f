import type { DossierEvent, RejectedPayload } from "../event/envelope/accepted-event.js";
import { TooLargeError } from "../event/errors/errors.js";
import { payloadText } from "../event/model/struct-copy.js";
import {
  type Contribution,
  contributionOf,
  namespaceFingerprint,
  writeFingerprint,
} from "./contribution.js";
import { EventRows, NO_ROW } from "./event-rows.js";
import { DossierFold, type NamespaceRegister } from "./fold.js";
import {
  isSameNamespace,
  NamespaceMixedStreamError,
  type NamespaceScope,
  namespaceIn,
  namespaceOf,
} from "./namespace.js";
import { ReplayRequiredError } from "./replay-required.js";
import type { MissionDossierState } from "./state.js";

/** The standing of an event relative to those added before. */
export type Standing =
  /** Its id is new, and it counts. */
  | "new"
  /** It was added before. */
  | "repeated"
  /** Its id came with different content, which sorts first and counts. */
  | "outranked"
  /** Its id came with different content, which sorts later and no longer counts. */
  | "replacing";

/** An event that counts, but whose payload the contract rejects. */
export type Rejection = Pick<
  RejectedPayload,
  "eventType" | "payload" | "violations" | "knownDefect"
> & {
  /** Its place in the stream that it came from, counted from 0, if that is known. */
  readonly position: number | undefined;
  /** The length of the payload as JSON, in characters. */
  readonly size: number;
};

/** A memory limit that the rejected payloads of several dossiers share. */
export class RejectionRoom {
  private taken = 0;

  /** @throws TooLargeError when less room is left. */
  take(size: number): void {
    if (this.taken + size > MAX_REJECTED) {
      throw new TooLargeError("256 MiB of payloads that the contract rejects");
    }
    this.taken += size;
  }

  giveBack(size: number): void {
    this.taken -= size;
  }
}

const NO_NAMESPACE = namespaceFingerprint(undefined);

/** A producer whose payloads are all rejected must not fill the memory. */
const MAX_REJECTED = 2 ** 28;

/**
 * One dossier while its events are added: it decides which content of each id counts (CONTRACT,
 * sections 5.3 and 9), and folds that. For each id it keeps the sort key and a fingerprint of
 * the content.
 *
 * Events of several missions may be added, but {@link state} throws unless only one mission
 * remains in the end.
 */
export class Dossier {
  readonly rows = new EventRows();
  readonly fold: DossierFold;
  /** By row. */
  readonly rejections = new Map<number, Rejection>();
  /** The ids that came with several contents, with the position where that was first seen. */
  readonly conflicts = new Map<string, number | undefined>();
  /** Rows that were folded and then lost to an earlier content of their id. */
  readonly lost = new Set<number>();
  /** Rows of a replay that count and have yet to be added. */
  readonly awaited = new Set<number>();

  constructor(
    readonly scope: NamespaceScope,
    private readonly room = new RejectionRoom(),
    fold?: DossierFold,
  ) {
    this.fold = fold ?? new DossierFold(scope, (a, b) => this.rows.compare(a, b));
  }

  /** How many different events were added. */
  get eventCount(): number {
    return this.rows.idCount - this.awaited.size;
  }

  /** The standing that {@link add} would return. Nothing changes. */
  standingOf(event: DossierEvent): Standing {
    return this.stage(event).standing;
  }

  /**
   * Adds an event.
   *
   * @param position Its place in its stream.
   * @throws NamespaceMixedStreamError when `mayMix` is false and it belongs to a different
   * mission. Nothing has changed.
   * @throws TooLargeError when there is no room for it. Nothing has changed.
   */
  add(event: DossierEvent, position: number | undefined, mayMix: boolean): Standing {
    const { standing, known, namespace, contribution } = this.stage(event);
    if (standing === "outranked") {
      this.noteConflict(known, position);
    }
    if (standing === "repeated" || standing === "outranked") {
      return standing;
    }
    const mixture = mayMix ? undefined : this.mixtureWith(namespace, known);
    if (mixture !== undefined) {
      throw mixture;
    }
    // An event that indexes one path may supersede another.
    this.fold.requireRoom(2, 1);
    const rejection = event.kind === "rejected" ? rejectionOf(event, position) : undefined;
    this.room.take(rejection?.size ?? 0);
    if (standing === "replacing") {
      this.noteConflict(known, position);
      this.lose(known);
    }
    const row = this.awaited.delete(known) ? known : this.rows.keep();
    if (rejection !== undefined) {
      this.rejections.set(row, rejection);
    }
    this.fold.add(row, namespace, contribution);
    return standing;
  }

  /** Adds a row of a checkpoint. */
  restoreRow(words: Uint32Array, furtherDigits: string, isLost: boolean): void {
    this.rows.stageWords(words, 0, furtherDigits);
    if (isLost) {
      this.lost.add(this.rows.keepAside());
    } else if (this.rows.find() === NO_ROW) {
      this.rows.keep();
    } else {
      throw new RangeError("two rows count for one id");
    }
  }

  /** Adds the rejected payload of a row of a checkpoint. */
  reject(row: number, rejection: Rejection): void {
    this.room.take(rejection.size);
    this.rejections.set(row, rejection);
  }

  /**
   * Adds all the events of another dossier, of any mission.
   *
   * @throws TooLargeError when there is no room for them. Nothing has changed.
   */
  merge(other: Dossier): void {
    this.fold.requireRoom(other.fold.paths.size, other.fold.namespaces.size);
    this.room.take(sum(Array.from(other.rejections.values(), ({ size }) => size)));
    const rows = new Int32Array(other.rows.count).fill(NO_ROW);
    for (let row = 0; row < other.rows.count; row++) {
      this.rows.stageFrom(other.rows, row);
      rows[row] = this.mergeRow(other.lost.has(row), other.awaited.has(row));
    }
    this.fold.merge(other.fold, (row) => rows[row] ?? NO_ROW);
    for (const [row, rejection] of other.rejections) {
      const here = rows[row] ?? NO_ROW;
      if (here === NO_ROW || this.lost.has(here)) {
        this.room.giveBack(rejection.size);
      } else {
        this.rejections.set(here, rejection);
      }
    }
    for (const [eventId, position] of other.conflicts) {
      this.conflicts.set(eventId, this.conflicts.get(eventId) ?? position);
    }
  }

  /**
   * The state of the dossier.
   *
   * @throws ReplayRequiredError when the state would show a lost content, since the value that
   * it replaced was not kept.
   * @throws NamespaceMixedStreamError when the events belong to more than one mission.
   */
  state(): MissionDossierState {
    const stale = this.staleIds();
    if (stale.length > 0) {
      throw new ReplayRequiredError(stale);
    }
    this.fold.takeOut(this.lost);
    return this.fold.state(this.eventCount);
  }

  /** @throws NamespaceMixedStreamError when the events certainly belong to several missions. */
  refuseMixture(): void {
    const mixture = this.staleIds().length > 0 ? undefined : this.fold.mixture();
    if (mixture !== undefined) {
      throw mixture;
    }
  }

  /** Whether merging cannot mix missions, because both dossiers have one mission only. */
  isOfOneMissionWith(other: Dossier): boolean {
    const all = [...this.fold.namespaces.values(), ...other.fold.namespaces.values()];
    const [first] = all;
    return all.every(({ json }) => first && isSameNamespace(first.json, json, this.scope));
  }

  /**
   * The ids of lost contents that the state would show. If there are any, {@link state} needs a
   * replay.
   */
  staleIds(): string[] {
    if (this.lost.size === 0) {
      return [];
    }
    const shown = new Set(this.fold.coveringRows());
    const rows = [...this.lost].filter((row) => shown.has(row));
    return [...new Set(rows.map((row) => this.rows.eventIdOf(row)))].sort();
  }

  /** An empty dossier that knows, for each id with several contents, which one counts. */
  replay(room?: RejectionRoom): Dossier {
    const replay = new Dossier(this.scope, room);
    for (const [eventId, position] of this.conflicts) {
      replay.rows.stageFrom(this.rows, this.rows.findId(eventId));
      replay.rows.find();
      replay.awaited.add(replay.rows.keep());
      replay.conflicts.set(eventId, position);
    }
    return replay;
  }

  /** The rejected payloads by the canonical ids of their events, in the order of the stream. */
  rejected(): [eventId: string, rejection: Rejection][] {
    return [...this.rejections]
      .sort(([a], [b]) => this.rows.compare(a, b))
      .map(([row, rejection]) => [this.rows.eventIdOf(row), rejection]);
  }

  private stage(event: DossierEvent): {
    readonly standing: Standing;
    /** The row that has counted so far for the id, or {@link NO_ROW}. */
    readonly known: number;
    readonly namespace: NamespaceRegister | undefined;
    readonly contribution: Contribution | undefined;
  } {
    const json = namespaceIn(event);
    const namespace = json && this.fold.namespaceRegister(json);
    const contribution = contributionOf(event);
    const { words, at } = this.rows.stage(event.sortKey);
    writeFingerprint(event, namespace?.fingerprint ?? NO_NAMESPACE, contribution, words, at);
    const known = this.rows.find();
    return { standing: this.standingBeside(known), known, namespace, contribution };
  }

  /** The standing of the staged event relative to the row that has counted so far for its id. */
  private standingBeside(known: number): Standing {
    const order = known === NO_ROW ? 0 : this.rows.compare(this.rows.count, known);
    if (order !== 0) {
      return order > 0 ? "outranked" : "replacing";
    }
    return known === NO_ROW || this.awaited.has(known) ? "new" : "repeated";
  }

  /** Merges the staged row of another dossier, and returns its row here if it must be folded. */
  private mergeRow(isLost: boolean, isAwaited: boolean): number {
    const known = this.rows.find();
    const standing = this.standingBeside(known);
    if (standing === "outranked" && !isLost) {
      this.noteConflict(known, undefined);
    }
    if (isLost || standing === "outranked") {
      if (isAwaited) {
        return NO_ROW;
      }
      // It was folded there, so the state here shows it until something covers it.
      const row = this.rows.keepAside();
      this.lost.add(row);
      return row;
    }
    if (standing === "repeated") {
      return NO_ROW;
    }
    if (standing === "replacing") {
      this.noteConflict(known, undefined);
      this.lose(known);
    }
    const row = this.awaited.delete(known) ? known : this.rows.keep();
    if (isAwaited) {
      this.awaited.add(row);
      return NO_ROW;
    }
    return row;
  }

  /** Removes a row that has counted so far. */
  private lose(known: number): void {
    this.room.giveBack(this.rejections.get(known)?.size ?? 0);
    this.rejections.delete(known);
    if (!this.awaited.delete(known)) {
      this.lost.add(known);
    }
  }

  private noteConflict(row: number, position: number | undefined): void {
    const eventId = this.rows.eventIdOf(row);
    if (!this.conflicts.has(eventId)) {
      this.conflicts.set(eventId, position);
    }
  }

  /** The error for the staged event, if all others that count belong to another mission. */
  private mixtureWith(
    namespace: NamespaceRegister | undefined,
    replaced: number,
  ): NamespaceMixedStreamError | undefined {
    if (namespace === undefined) {
      return undefined;
    }
    let known: NamespaceRegister | undefined;
    for (const register of this.fold.namespaces.values()) {
      const { json, first } = register;
      if (first !== replaced && !this.lost.has(first)) {
        if (isSameNamespace(json, namespace.json, this.scope)) {
          return undefined;
        }
        known = known && this.rows.compare(known.first, first) < 0 ? known : register;
      }
    }
    if (known === undefined) {
      return undefined;
    }
    const [there, here] = [namespaceOf(known.json), namespaceOf(namespace.json)];
    return this.rows.compare(this.rows.count, known.first) < 0
      ? new NamespaceMixedStreamError(here, there)
      : new NamespaceMixedStreamError(there, here);
  }
}

function rejectionOf(event: RejectedPayload, position: number | undefined): Rejection {
  const { eventType, payload, violations, knownDefect } = event;
  const size = payloadText(payload).length;
  return { eventType, payload, violations, knownDefect, position, size };
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
