import { isPresent, type ArtifactEntry, type MissionDossierState } from "../dossier/state.js";
import type { ContractOptions } from "../event/generation/generation.js";
import { bareHash } from "../parity/content-hash.js";
import { changesParity, type Difference, type StateDiff } from "../parity/diff.js";
import type { DifferenceOrigins, Origin, Side } from "../parity/origins.js";
import { counted } from "./counted.js";
import { missionFacts } from "./mission-report.js";
import { titleOf } from "./missions-overview.js";
import type { ObservedEvent } from "./observed-log.js";
import type { Apart, Report, Row, Table, Timeline, Tone, Verdict } from "./report.js";
import { COLUMNS, KIND_TONES, shownText, tableOf, thinned } from "./tables.js";
import { Supersession } from "./supersession.js";
import { EVENTS, eventsTable, MAX_POINTS, momentOf } from "./timeline.js";
import { withCautions } from "./with-cautions.js";

/** One side of a comparison. */
export type ComparedSide = {
  /** Its file, for people. */
  readonly name: string;
  readonly state: MissionDossierState;
  /** Its events in the order of the stream; none if only the state is known. */
  readonly events: readonly ObservedEvent[];
  /** Why the state may lack something. */
  readonly doubts: readonly string[];
};

/** The report on the differences between two replicas of a mission. */
export function diffReport(
  diff: StateDiff,
  origins: DifferenceOrigins,
  sides: { readonly [S in Side]: ComparedSide } & ContractOptions,
  generator: string,
): Report {
  const { a, b, contract } = sides;
  const drifts = diff.differences.filter(changesParity);
  const others = diff.differences.length - drifts.length;
  const since = origins.firstOf(drifts);
  const events = eventsOfBoth(a.events, b.events);
  return {
    title: titleOf(diff.namespace?.featureSlug),
    subtitle: "Comparison of two replicas",
    verdict: withCautions(verdictOn(), [...doubtsOf("A", a), ...doubtsOf("B", b)]),
    facts: [
      ...missionFacts(diff.namespace, { sources: [], contract }),
      { name: "A, expected", value: shownText(a.name) },
      { name: "B, found", value: shownText(b.name) },
    ],
    hashes: [
      { name: "A", value: diff.expectedHash, note: "parity hash, expected" },
      {
        name: "B",
        value: diff.actualHash,
        note: diff.inParity ? "parity hash, the same" : "parity hash, another",
      },
    ],
    figures: [
      { name: "artifacts of A", count: present(a), tone: "plain" },
      { name: "artifacts of B", count: present(b), tone: "plain" },
      { name: "drifted", count: drifts.length, tone: drifts.length > 0 ? "bad" : "plain" },
      { name: "other differences", count: others, tone: others > 0 ? "warn" : "plain" },
    ],
    ...(events.length === 0 ? {} : { timeline: timelineOfBoth(events, since) }),
    tables: [
      differencesTable(diff, origins),
      ...(events.length === 0
        ? []
        : [
            eventsTable(
              events,
              ({ side }) => side,
              [
                { title: "In", kind: "category", tones: SIDE_TONES },
                { title: "Kind", kind: "category", tones: KIND_TONES },
              ],
              ({ kind }) => [kind],
            ),
          ]),
    ],
    generator,
  };

  function verdictOn(): Omit<Verdict, "cautions"> {
    if (diff.inParity) {
      const aside =
        others === 0 ? "" : ` ${counted(others, "difference")} beside them changed no hash.`;
      return {
        tone: "good",
        label: "in parity",
        reason: `The artifacts of both are the same.${aside}`,
      };
    }
    const began =
      since === undefined
        ? ""
        : ` They came apart with the event ${clockText(since)} of ${since.side.toUpperCase()}.`;
    const differ = drifts.length === 1 ? "differs" : "differ";
    const reason = `${counted(drifts.length, "artifact")} ${differ}.${began}`;
    return { tone: "bad", label: "drifted", reason };
  }
}

function doubtsOf(side: string, { doubts }: ComparedSide): string[] {
  return doubts.map((doubt) => `${side}: ${doubt}`);
}

function present({ state }: ComparedSide): number {
  return [...state.artifacts.values()].filter(isPresent).length;
}

/** The sides that an event is in: the lanes of the timeline. */
const SIDES = ["both", "only A", "only B"] as const;
const SIDE_TONES: { readonly [side: string]: Tone } = { "only A": "warn", "only B": "bad" };

type EventOfSide = ObservedEvent & { readonly side: (typeof SIDES)[number] };

function eventsOfBoth(a: readonly ObservedEvent[], b: readonly ObservedEvent[]): EventOfSide[] {
  if (a.length === 0 || b.length === 0) {
    return [];
  }
  const inA = new Set(a.map(contentOf));
  const inB = new Set(b.map(contentOf));
  return [
    ...a.map((event) => ({ ...event, side: inB.has(contentOf(event)) ? SIDES[0] : SIDES[1] })),
    ...b
      .filter((event) => !inA.has(contentOf(event)))
      .map((event) => ({ ...event, side: SIDES[2] })),
  ].sort((one, other) => one.clock - other.clock || one.time - other.time);
}

/** A text that is equal for two events of one id and content. */
function contentOf({ eventId, kind, path, supersedes, detail }: ObservedEvent): string {
  return JSON.stringify([eventId, kind, path, supersedes, detail]);
}

function timelineOfBoth(events: readonly EventOfSide[], since: Origin | undefined): Timeline {
  const apart = since && apartAt(since, events);
  return {
    table: EVENTS,
    lanes: SIDES.map((name) => ({ name, tone: SIDE_TONES[name] ?? "plain" })),
    ...(apart === undefined ? {} : { apart }),
    counts: countsOf(events),
  };
}

function apartAt({ eventId, side }: Origin, events: readonly EventOfSide[]): Apart | undefined {
  const name = side.toUpperCase();
  const event = events.find((each) => each.eventId === eventId && each.side === `only ${name}`);
  return (
    event && {
      from: null,
      to: momentOf(event),
      label: "apart from here",
      text: `The replicas came apart at clock ${event.clock}, with event ${eventId} of ${name}.`,
    }
  );
}

/** How many artifacts each side has over time. */
function countsOf(events: readonly EventOfSide[]): Timeline["counts"] {
  const [a, b] = [new Supersession(), new Supersession()];
  const points = events.map((event) => {
    if (event.side !== "only B") {
      a.take(event);
    }
    if (event.side !== "only A") {
      b.take(event);
    }
    return [event.clock, event.time, a.known - a.count, b.known - b.count] as const;
  });
  return { names: ["artifacts of A", "of B"], points: thinned(points, MAX_POINTS) };
}

function differencesTable({ differences }: StateDiff, origins: DifferenceOrigins): Table {
  return tableOf(
    {
      id: "differences",
      title: "Differences",
      empty: "The two states are the same.",
      columns: [
        { title: "Difference", kind: "category" },
        { title: "Parity", kind: "category", tones: { lost: "bad" } },
        COLUMNS.path,
        { title: "A", kind: "code" },
        { title: "B", kind: "code" },
        { title: "Since clock", kind: "number" },
        { title: "Of", kind: "category" },
        COLUMNS.event,
      ],
    },
    differences.map((difference): Row => {
      const origin = origins.of(difference);
      return [
        difference.kind.replaceAll("_", " "),
        changesParity(difference) ? "lost" : "kept",
        pathOf(difference),
        ...valuesOf(difference),
        origin?.lamportClock === undefined ? null : Number(origin.lamportClock),
        origin === undefined ? null : origin.side.toUpperCase(),
        origin?.eventId ?? null,
      ];
    }),
  );
}

function clockText({ lamportClock, timestamp }: Origin): string {
  return lamportClock === undefined ? `of ${timestamp}` : `at clock ${lamportClock}`;
}

function pathOf(difference: Difference): string | null {
  switch (difference.kind) {
    case "manifest_version_changed":
      return null;
    case "anomaly_introduced":
    case "anomaly_resolved":
      return (difference.b ?? difference.a).expectedIdentity.path;
    default:
      return difference.path;
  }
}

function valuesOf(difference: Difference): [a: string | null, b: string | null] {
  switch (difference.kind) {
    case "manifest_version_changed":
      return [difference.a, difference.b];
    case "anomaly_introduced":
    case "anomaly_resolved":
      return [difference.a?.manifestStep ?? null, difference.b?.manifestStep ?? null];
    case "artifact_reclassified":
      return [difference.a.identity.artifactClass, difference.b.identity.artifactClass];
    default:
      return [artifactText(difference.a), artifactText(difference.b)];
  }
}

function artifactText(entry: ArtifactEntry | undefined): string | null {
  return entry === undefined
    ? null
    : entry.superseded
      ? "superseded"
      : bareHash(entry.contentRef.hash);
}
