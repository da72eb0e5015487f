import {
  CONFLICT,
  clockBackwards,
  diagnosticOf,
  type Finding,
  findingsIn,
} from "../event/envelope/event-diagnostics.js";
import type { JudgedEvent } from "../event/envelope/read-event.js";
import { type Diagnostic, StrictError } from "../event/errors/diagnostic.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import { describeJson } from "../event/json/describe-json.js";
import { jsonText } from "../event/json/json-text.js";
import type { Ledger } from "./ledger.js";
import { isConflict, type Put } from "./ledger-entry.js";

/** A Lamport clock: a number as far as numbers are exact. */
export type Clock = number | bigint;

/** What came of putting an event into a ledger, and what is not as it should be about it. */
export type Inspected = { readonly put: Put; readonly diagnostics: readonly Diagnostic[] };

/**
 * Puts events into ledgers, and looks at each for what is not as it should be and
 * yet changes nothing about the state. In strict mode, the first such thing is
 * thrown; else, one of each kind is kept.
 */
export class Inspector {
  /** The highest clock of each node, by its id. */
  readonly clocks = new Map<string, Clock>();
  private readonly kept = new Map<string, Diagnostic>();

  constructor(readonly strict: boolean) {}

  /**
   * What was found: of unknown fields, one for each event type and path; of projects,
   * one for each pair; of clocks, one for each node; a thousand at most. Skipped payloads and conflicts
   * are not among them, since a ledger has all of those.
   */
  get found(): readonly Diagnostic[] {
    return [...this.kept.values()];
  }

  /**
   * Puts an event into a ledger.
   *
   * @throws StrictError when strict mode refuses it. It has not been put.
   * @throws NamespaceMixedStreamError as {@link Ledger.put} does.
   */
  put(
    ledger: Ledger,
    judged: JudgedEvent,
    position: number | undefined,
    mayMix: boolean,
  ): Inspected {
    const { event, violations } = judged;
    const findings = findingsIn(judged);
    if (this.strict) {
      this.refuse(judged, findings, position, ledger.foresee(event, violations));
    }
    const put = ledger.put(event, violations, position, mayMix);
    // What comes once more was not emitted once more.
    const clock = put === "new" ? this.tick(judged) : undefined;
    if (findings.length === 0 && clock === undefined) {
      return put === "new" ? NEW : { put, diagnostics: [] };
    }
    const diagnostics = [...findings, ...(clock === undefined ? [] : [clock])].map((finding) =>
      diagnosticOf(finding, event.event_id, position),
    );
    for (const diagnostic of diagnostics) {
      this.keep(diagnostic, judged);
    }
    return { put, diagnostics };
  }

  /** @throws StrictError in strict mode, when there is any. */
  refuseAny(diagnostics: () => readonly Diagnostic[]): void {
    const [first] = this.strict ? diagnostics() : [];
    if (first !== undefined) {
      throw new StrictError(first);
    }
  }

  /** Keeps what another inspector found, and its clocks. */
  add(other: Inspector): void {
    for (const [key, diagnostic] of other.kept) {
      this.restore(diagnostic, key);
    }
    for (const [node, clock] of other.clocks) {
      this.advance(node, clock);
    }
  }

  /** Keeps a diagnostic that was found before, unless there is one of its kind, or enough. */
  restore(diagnostic: Diagnostic, key: string): void {
    if (this.kept.size < MAX_KEPT && !this.kept.has(key)) {
      this.kept.set(key, diagnostic);
    }
  }

  /** What is kept, by what makes it one of a kind. */
  entries(): Iterable<readonly [string, Diagnostic]> {
    return this.kept;
  }

  /** Raises the clock of a node, if it is higher. */
  advance(node: string, clock: Clock): void {
    const before = this.clocks.get(node);
    if (before === undefined || clock > before) {
      this.clocks.set(node, clock);
    }
  }

  private refuse(
    judged: JudgedEvent,
    findings: readonly Finding[],
    position: number | undefined,
    expected: Put,
  ): void {
    const conflict = isConflict(expected) ? CONFLICT : undefined;
    const clock = expected === "new" ? this.backwards(judged) : undefined;
    const finding = findings[0] ?? conflict ?? clock;
    if (finding !== undefined) {
      throw new StrictError(diagnosticOf(finding, judged.event.event_id, position));
    }
  }

  private tick(judged: JudgedEvent): Finding | undefined {
    const finding = this.backwards(judged);
    if (finding === undefined) {
      this.clocks.set(nodeOf(judged), clockOf(judged));
    }
    return finding;
  }

  private backwards(judged: JudgedEvent): Finding | undefined {
    const before = this.clocks.get(nodeOf(judged));
    const now = clockOf(judged);
    return before !== undefined && now < before ? clockBackwards(before, now) : undefined;
  }

  private keep(diagnostic: Diagnostic, judged: JudgedEvent): void {
    const short = shortened(diagnostic);
    const key = keyOf(short, judged);
    if (key !== undefined) {
      this.restore(short, key);
    }
  }
}

/** A producer that has another unknown field in every event must not fill the memory. */
const MAX_KEPT = 1000;

/** How much is kept of a path, and of a value. */
const MAX_LENGTH = 1000;

/** A diagnostic without what is long about it, which may be most of its event. */
function shortened(diagnostic: Diagnostic): Diagnostic {
  const { field, expected, got } = diagnostic;
  return Object.freeze({
    ...diagnostic,
    field: ownExcerpt(field),
    expected: ownShortValue(expected),
    got: ownShortValue(got),
  });
}

/** A value of its own, or the text of it as JSON where that is long. */
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

/** A piece of a text that V8 does not make of the whole text, which it would keep then. */
function ownExcerpt(text: string): string {
  return text.length > MAX_LENGTH ? JSON.parse(JSON.stringify(excerpt(text, MAX_LENGTH))) : text;
}

const NEW: Inspected = Object.freeze({ put: "new", diagnostics: Object.freeze([]) });

/** What makes a diagnostic one of a kind, `undefined` where all of them are kept elsewhere. */
function keyOf(
  { code, field, expected, got }: Diagnostic,
  judged: JudgedEvent,
): string | undefined {
  switch (code) {
    case "unknown_field":
      return JSON.stringify([code, judged.event.event_type, field]);
    case "project_mismatch":
      return JSON.stringify([code, expected, got]);
    case "clock_backwards":
      return JSON.stringify([code, nodeOf(judged)]);
    default:
      return undefined;
  }
}

function nodeOf({ envelope }: JudgedEvent): string {
  return String(envelope["node_id"]);
}

function clockOf({ event }: JudgedEvent): Clock {
  const { lamport_clock: clock } = event;
  return typeof clock === "string" ? BigInt(clock) : clock;
}
