import { isPresent } from "../dossier/state.js";
import {
  changesParity,
  type Difference,
  type DifferenceKind,
  type StateDiff,
} from "../parity/diff.js";
import type { DifferenceOrigins, Origin } from "../parity/origins.js";
import type { Replica } from "./replica.js";
import { shortHash } from "./short-hash.js";
import { columns, deeper, indent } from "./table.js";
import { textWidth } from "./text-width.js";
import { type Colors, counted, printable } from "./terminal-text.js";

/** A comparison of two replicas. */
export type Comparison = {
  readonly diff: StateDiff;
  readonly origins: DifferenceOrigins;
  readonly a: Replica;
  readonly b: Replica;
};

/**
 * A comparison as lines of text for people.
 *
 * @param width The width of the terminal, if it is one.
 */
export function diffLines(comparison: Comparison, colors: Colors, width?: number): string[] {
  return [
    headline(comparison, colors),
    ...indent(sides(comparison, deeper(width))),
    ...KINDS.flatMap((kind) => section(kind, comparison, colors, width)),
  ];
}

function headline({ diff, origins, a, b }: Comparison, colors: Colors): string {
  const others = diff.differences.filter((each) => !changesParity(each));
  const drifts = diff.differences.filter(changesParity);
  if (diff.inParity) {
    const aside =
      others.length === 0 ? "" : `, ${counted(others.length, "difference")} beside the artifacts`;
    const isCertain = a.doubts.length + b.doubts.length === 0;
    const verdict = isCertain ? colors.green("IN PARITY") : colors.yellow("CANNOT TELL");
    return `${colors.bold(verdict)}  ${counted(present(b), "artifact")}${aside}`;
  }
  const since = origins.firstOf(drifts);
  const began = since === undefined ? "" : ` since ${originText(since)}`;
  return `${colors.bold(colors.red("DRIFTED"))}  ${counted(drifts.length, "artifact")}${began}`;
}

function sides({ diff, a, b }: Comparison, width: number | undefined): string[] {
  const rows = (
    [
      ["A", a, diff.expectedHash],
      ["B", b, diff.actualHash],
    ] as const
  ).map(([side, replica, hash]) => ({
    side,
    hash,
    others: [counted(present(replica), "artifact"), printable(replica.name)],
  }));
  const lines = columns(rows.map(({ side, hash, others }) => [side, hash, ...others]));
  // A hash can only be compared or copied if it is whole.
  return width === undefined || lines.every((line) => textWidth(line) <= width)
    ? lines
    : rows.flatMap(({ side, hash, others }) => [
        ...columns([[side, ...others]], { width }),
        ...indent([hash]),
      ]);
}

function present({ state }: Replica): number {
  return [...state.artifacts.values()].filter(isPresent).length;
}

/** The sections in their order, the ones that change the parity hash first. */
const KINDS = [
  "artifact_mutated",
  "artifact_added",
  "artifact_removed",
  "artifact_reclassified",
  "superseded_artifact_added",
  "superseded_artifact_removed",
  "anomaly_introduced",
  "anomaly_resolved",
  "manifest_version_changed",
] as const satisfies readonly DifferenceKind[];

const TITLES: { readonly [K in DifferenceKind]: string } = {
  artifact_mutated: "Other content",
  artifact_added: "Only in B",
  artifact_removed: "Only in A",
  artifact_reclassified: "Other class",
  superseded_artifact_added: "Superseded, known to B only",
  superseded_artifact_removed: "Superseded, known to A only",
  anomaly_introduced: "Anomalies of B only",
  anomaly_resolved: "Anomalies of A only",
  manifest_version_changed: "Other manifest version",
};

function section(
  kind: DifferenceKind,
  { diff, origins }: Comparison,
  colors: Colors,
  width: number | undefined,
): string[] {
  const differences = diff.differences.filter((each) => each.kind === kind);
  if (differences.length === 0) {
    return [];
  }
  const lines = differences.flatMap((difference) => {
    const since = origins.of(difference);
    const rows = [
      ...details(difference),
      ...(since === undefined ? [] : [["since", originText(since)]]),
    ];
    return [subject(difference), ...indent(columns(rows, { width: deeper(deeper(width)) }))];
  });
  return ["", `${colors.bold(TITLES[kind])}  ${differences.length}`, ...indent(lines)];
}

function subject(difference: Difference): string {
  switch (difference.kind) {
    case "manifest_version_changed":
      return "manifest";
    case "anomaly_introduced":
      return printable(difference.b.expectedIdentity.path);
    case "anomaly_resolved":
      return printable(difference.a.expectedIdentity.path);
    default:
      return printable(difference.path);
  }
}

function details(difference: Difference): string[][] {
  switch (difference.kind) {
    case "artifact_mutated":
      return [
        ["A", shortHash(difference.a.contentRef)],
        ["B", shortHash(difference.b.contentRef)],
      ];
    case "artifact_reclassified":
      return [
        ["A", difference.a.identity.artifactClass],
        ["B", difference.b.identity.artifactClass],
      ];
    case "manifest_version_changed":
      return [
        ["A", printable(difference.a)],
        ["B", printable(difference.b)],
      ];
    case "artifact_added":
      return [
        ...(difference.a === undefined ? [] : [["A", "superseded"]]),
        ["B", shortHash(difference.b.contentRef)],
      ];
    case "artifact_removed":
      return [
        ["A", shortHash(difference.a.contentRef)],
        ...(difference.b === undefined ? [] : [["B", "superseded"]]),
      ];
    case "anomaly_introduced":
    case "anomaly_resolved": {
      const { anomalyType, manifestStep } = difference.a ?? difference.b;
      return [
        ["type", anomalyType],
        ["asked for by", printable(manifestStep)],
      ];
    }
    default:
      return [];
  }
}

function originText({ side, eventId, lamportClock, timestamp }: Origin): string {
  const clock = lamportClock === undefined ? "no clock" : `clock ${lamportClock}`;
  return `event ${eventId} of ${side.toUpperCase()} (${clock}, ${printable(timestamp)})`;
}
