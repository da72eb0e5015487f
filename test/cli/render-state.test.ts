import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { stateLines } from "../../src/cli/render-state.js";
import { type Colors, colorsFor } from "../../src/cli/terminal-text.js";
import { loadReplayStream } from "../../src/conformance/index.js";
import {
  ARTIFACT_CLASSES,
  type MissionDossierState,
  type ParityStatus,
  parseEvent,
  reduceMissionDossier,
} from "../../src/index.js";
import { event, payloads, withValue } from "../support/examples.js";

const plain = colorsFor({ isTTY: false }, {});
/** A page as it is printed. */
function renderState(state: MissionDossierState, colors: Colors): string {
  return stateLines(state, colors)
    .map((line) => `${line}\n`)
    .join("");
}

const painted = colorsFor({ isTTY: true }, {});
const {
  MissionDossierArtifactIndexed: indexed,
  MissionDossierArtifactMissing: missing,
  MissionDossierSnapshotComputed: snapshot,
  MissionDossierParityDriftDetected: drift,
} = payloads;

const all = [
  ...[...ARTIFACT_CLASSES].reverse().map((artifactClass) => {
    const ofClass = withValue(indexed, "artifact_id.artifact_class", artifactClass);
    return event(
      "MissionDossierArtifactIndexed",
      withValue(ofClass, "artifact_id.path", `${artifactClass}.md`),
    );
  }),
  event("MissionDossierArtifactMissing", withValue(missing, "remediation_hint", "write it")),
  event("MissionDossierArtifactMissing", missing),
  event(
    "MissionDossierArtifactIndexed",
    withValue(
      withValue(withValue(indexed, "artifact_id.path", "spec-v2.md"), "content_ref.size_bytes", 7),
      "supersedes",
      { mission_key: "m", path: "input.md", artifact_class: "input" },
    ),
  ),
  event("MissionDossierSnapshotComputed", snapshot),
  event("MissionDossierParityDriftDetected", drift),
];

test("a page shows all of a state, artifacts by class in the contract's order", () => {
  expect(renderState(reduceMissionDossier(all.map((json) => parseEvent(json))), plain)).toBe(
    `Mission dossier  DRIFTED  11 events
  project   a47275cb-634e-427c-abd3-3e5d17997d4e
  feature   014-rate-limits
  branch    main
  mission   software-dev
  manifest  1

Artifacts  7
  input
    input.md     superseded  sha256:513663639ae8           2026-03-02T09:14:07Z
    spec-v2.md               sha256:513663639ae8  7 bytes  2026-03-02T09:14:07Z
  workflow
    workflow.md              sha256:513663639ae8           2026-03-02T09:14:07Z
  output
    output.md                sha256:513663639ae8           2026-03-02T09:14:07Z
  evidence
    evidence.md              sha256:513663639ae8           2026-03-02T09:14:07Z
  policy
    policy.md                sha256:513663639ae8           2026-03-02T09:14:07Z
  runtime
    runtime.md               sha256:513663639ae8           2026-03-02T09:14:07Z

Anomalies  2
  missing_artifact  kitty-specs/014-rate-limits/spec.md
    class         input
    asked for by  required_always
    checked       2026-03-02T09:14:08Z
    hint          write it
  missing_artifact  kitty-specs/014-rate-limits/spec.md
    class         input
    asked for by  required_always
    checked       2026-03-02T09:14:08Z

Latest snapshot  2026-03-02T09:14:09Z
  1 artifact, 0 anomalies
  hash  sha256:6c95f2cea5b5739aa5c4391fe0de4360f1606b906915000eeb1901704d78b2cb
  now   sha256:991570a2c641651b540ac227bbf6d761cffd09c738b5a2e7d38abf210cfce6c1
        the two differ: see mission-dossier audit

Drift history  1
  artifact_mutated  2026-03-02T09:14:10Z
    expected  6c95f2cea5b5739aa5c4391fe0de4360f1606b906915000eeb1901704d78b2cb
    actual    b297c4241f7d42e07e980f8b66f533f6eb6231d055ac50ad59b68be3a7ee33e1
`,
  );
});

test.each([60, 80, 120])("a terminal of %i columns has room for all of it", async (width) => {
  const paths = [
    "services/orchard/api-gateway/kitty-specs/features/014-rate-limits/contracts/v1.yaml",
    "x".repeat(130),
  ];
  const state = reduceMissionDossier([
    ...loadReplayStream("dossier-replay-happy-path"),
    ...paths.map((path) =>
      parseEvent(
        event("MissionDossierArtifactIndexed", withValue(indexed, "artifact_id.path", path)),
      ),
    ),
  ]);
  const shown = stateLines(state, plain, width);
  expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(width);
  await expect(`${shown.join("\n")}\n`).toMatchFileSnapshot(`golden/state-${width}.txt`);
});

test.each([
  ["2026-03-02T09:14:07.517788+00:00", "2026-03-02T09:14:07Z"],
  ["2026-03-02T09:14:07+05:30", "2026-03-02T09:14:07+05:30"],
  ["2026-03-02T09:14:07.5", "2026-03-02T09:14:07"],
  ["yesterday", "yesterday"],
])("indexed at %s is shown as %s", (indexedAt, expected) => {
  const state = reduceMissionDossier([
    parseEvent(event("MissionDossierArtifactIndexed", withValue(indexed, "indexed_at", indexedAt))),
  ]);
  expect(renderState(state, plain)).toContain(`  ${expected}\n`);
});

describe("with colors", () => {
  const [bold, dim, normal] = ["\u001b[1m", "\u001b[2m", "\u001b[22m"];

  test.each([
    { status: "CLEAN", color: 32, events: [event("MissionDossierSnapshotComputed", snapshot)] },
    { status: "DRIFTED", color: 31, events: all },
    { status: "UNKNOWN", color: 33, events: [] },
  ])("the badge of $status has its own", ({ status, color, events }) => {
    const page = renderState(reduceMissionDossier(events.map((json) => parseEvent(json))), painted);
    expect(page).toContain(`${bold}\u001b[${color}m${status}\u001b[39m${normal}`);
  });

  test("only what is superseded is dim", () => {
    const page = renderState(reduceMissionDossier(all.map((json) => parseEvent(json))), painted);
    const dimmed = page.split("\n").filter((line) => line.includes(dim));
    expect(dimmed).toEqual([expect.stringMatching(/ superseded /)]);
  });

  test("a page says nothing that it does not say without", () => {
    for (const events of [all, []]) {
      const state = reduceMissionDossier(events.map((json) => parseEvent(json)));
      expect(renderState(state, painted)).toContain("\u001b[");
      expect(stripVTControlCharacters(renderState(state, painted))).toBe(renderState(state, plain));
    }
  });
});

test("a status that this version does not know is shown as it is", () => {
  const parityStatus = "adrift\u001b" as ParityStatus;
  const state = { ...reduceMissionDossier([]), parityStatus };
  expect(renderState(state, plain)).toContain("Mission dossier  adrift\\u{1b}  0 events");
});
