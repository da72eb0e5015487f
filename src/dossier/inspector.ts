import type { DossierEvent, OtherEvent } from "../event/envelope/accepted-event.js";
import {
  CONFLICT,
  clockBackwards,
  diagnosticOf,
  type Finding,
  findingsIn,
  unknownEventType,
} from "../event/envelope/event-diagnostics.js";
import { clockOf } from "../event/envelope/sort-key.js";
import { type Diagnostic, StrictError } from "../event/errors/diagnostic.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import { describeJson } from "../event/json/describe-json.js";
import { GENERATIONS, type Generation } from "../event/generation/generation.js";
import { jsonText } from "../event/json/json-text.js";
import type { Dossier, Standing } from "./dossier.js";

/** A Lamport clock: a number while that is exact. */
type Clock = number | bigint;

/** How many dossier events came in each generation of the contract, repeated ones too. */
export type GenerationCounts = { readonly [G in Generation]: number };

/** The standing of an event that was added, and its diagnostics. */
type Inspected = {
  readonly standing: Standing;
  readonly diagnostics: readonly Diagnostic[];
};

/**
 * Watches events on their way into dossiers. Strict mode refuses the first one that has a
 * diagnostic; otherwise the first diagnostic of each kind is kept.
 */
export class Inspector {
  /** The highest clock of each node. */
  private readonly clocks = new Map<string, Clock>();
  /** The finding, if any, about each event type that is not in the contract. */
  private readonly otherTypes = new Map<string, Finding | undefined>();
  private readonly kept = new Map<string, Diagnostic>();
  private readonly counts = new Map<Generation, number>();

  constructor(readonly strict: boolean) {}

  /**
   * The first diagnostic of each kind, a thousand at most. A kind is an event type and path for
   * an unknown field, a pair of projects, a node for its clock, or an unknown event type. The
   * dossier itself has the skipped payloads and the conflicts.
   */
  get found(): readonly Diagnostic[] {
    return [...this.kept.values()];
  }

  /** How many events were added of each generation. */
  get generations(): GenerationCounts {
    const counts = GENERATIONS.map((generation) => [generation, this.counts.get(generation) ?? 0]);
    // Every generation is there.
    return Object.freeze(Object.fromEntries(counts)) as GenerationCounts;
  }

  /**
   * Adds an event to a dossier.
   *
   * @throws StrictError when strict mode refuses it. It has not been added.
   * @throws NamespaceMixedStreamError as {@link Dossier.add} does.
   */
  add(
    dossier: Dossier,
    event: DossierEvent,
    position: number | undefined,
    mayMix: boolean,
  ): Inspected {
    if (this.strict) {
      this.refuse(event, dossier.standingOf(event), position);
    }
    const standing = dossier.add(event, position, mayMix);
    this.count(event.generation, 1);
    const backwards = this.backwards(event, standing);
    const clock = standing === "new" ? exactClockOf(event) : undefined;
    if (clock !== undefined) {
      this.advance(nodeOf(event), clock);
    }
    const ofEvent = findingsIn(event);
    const findings = backwards === undefined ? ofEvent : [...ofEvent, backwards];
    if (findings.length === 0) {
      return { standing, diagnostics: NONE };
    }
    const diagnostics = findings.map((finding) =>
      diagnosticOf(finding, event.sortKey.event_id, position),
    );
    for (const diagnostic of diagnostics) {
      const short = shortened(diagnostic);
      const kind = kindOf(short, event);
      if (kind !== undefined) {
        this.keepFirst(kind, short);
      }
    }
    return { standing, diagnostics };
  }

  /**
   * Inspects an event of a type that is not in the contract.
   *
   * @throws StrictError when strict mode refuses it.
   */
  lookAt({ eventType, eventId }: OtherEvent, position: number | undefined): readonly Diagnostic[] {
    const finding = this.findingOf(eventType);
    if (finding === undefined) {
      return NONE;
    }
    const diagnostic = diagnosticOf(finding, eventId, position);
    if (this.strict) {
      throw new StrictError(diagnostic);
    }
    this.keepFirst(JSON.stringify([finding.code, eventType]), shortened(diagnostic));
    return [diagnostic];
  }

  /** Remembers types, since most other events have one of a few. */
  private findingOf(eventType: string): Finding | undefined {
    if (this.otherTypes.has(eventType)) {
      return this.otherTypes.get(eventType);
    }
    const finding = unknownEventType(eventType);
    if (this.otherTypes.size < MAX_KEPT) {
      this.otherTypes.set(eventType, finding);
    }
    return finding;
  }

  /** Adds the diagnostics, clocks and counts of another inspector. */
  merge(other: Inspector): void {
    for (const [kind, diagnostic] of other.kept) {
      this.keepFirst(kind, diagnostic);
    }
    for (const [node, clock] of other.clocks) {
      this.advance(node, clock);
    }
    for (const [generation, count] of other.counts) {
      this.count(generation, count);
    }
  }

  private count(generation: Generation, more: number): void {
    this.counts.set(generation, (this.counts.get(generation) ?? 0) + more);
  }

  private refuse(event: DossierEvent, standing: Standing, position: number | undefined): void {
    const isConflict = standing === "outranked" || standing === "replacing";
    const conflict = isConflict ? CONFLICT : undefined;
    const finding = findingsIn(event)[0] ?? conflict ?? this.backwards(event, standing);
    if (finding !== undefined) {
      throw new StrictError(diagnosticOf(finding, event.sortKey.event_id, position));
    }
  }

  /** The finding that a clock goes backwards. A redelivery is not a new emission. */
  private backwards(event: DossierEvent, standing: Standing): Finding | undefined {
    const before = standing === "new" ? this.clocks.get(nodeOf(event)) : undefined;
    const now = exactClockOf(event);
    return before !== undefined && now !== undefined && now < before
      ? clockBackwards(before, now)
      : undefined;
  }

  private advance(node: string, clock: Clock): void {
    const before = this.clocks.get(node);
    if (before === undefined || clock > before) {
      this.clocks.set(node, clock);
    }
  }

  private keepFirst(kind: string, diagnostic: Diagnostic): void {
    if (this.kept.size < MAX_KEPT && !this.kept.has(kind)) {
      this.kept.set(kind, diagnostic);
    }
  }
}

const NONE: readonly Diagnostic[] = Object.freeze([]);

/** A producer with a new unknown field in every event must not fill the memory. */
const MAX_KEPT = 1000;

/** The most characters kept of a path, and of a value. */
const MAX_LENGTH = 1000;

/** A diagnostic without long paths and values, which may be most of an event. */
function shortened(diagnostic: Diagnostic): Diagnostic {
  const { field, expected, got } = diagnostic;
  return Object.freeze({
    ...diagnostic,
    eventId: ownExcerpt(diagnostic.eventId),
    field: ownExcerpt(field),
    expected: ownShortValue(expected),
    got: ownShortValue(got),
  });
}

/** A copy of a value, or the beginning of its JSON if that is long. */
function ownShortValue(value: unknown): unknown {
  if (typeof value === "string") {
    return ownExcerpt(value);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const text = jsonText(value);
  if (text === undefined) {
    return describeJson(value);
  }
  return text.length > MAX_LENGTH ? ownExcerpt(text) : JSON.parse(text);
}

/** The beginning of a text, copied, because a slice would keep the whole text in memory. */
function ownExcerpt(text: string): string {
  return text.length > MAX_LENGTH ? JSON.parse(JSON.stringify(excerpt(text, MAX_LENGTH))) : text;
}

/** The kind of a diagnostic. `undefined` for kinds that the dossier keeps itself. */
function kindOf(
  { code, field, expected, got }: Diagnostic,
  event: DossierEvent,
): string | undefined {
  switch (code) {
    case "unknown_field":
      return JSON.stringify([code, event.eventType, field]);
    case "project_mismatch":
      return JSON.stringify([code, expected, got]);
    case "clock_backwards":
      return JSON.stringify([code, nodeOf(event)]);
    default:
      return undefined;
  }
}

function nodeOf({ envelope }: DossierEvent): string {
  return String(envelope["node_id"]);
}

/** A clock that is a number is not converted, since that is faster. */
function exactClockOf({ sortKey }: DossierEvent): Clock | undefined {
  const { lamport_clock: clock } = sortKey;
  return typeof clock === "number" ? clock : clockOf(sortKey);
}
