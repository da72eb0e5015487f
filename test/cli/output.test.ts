import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reduceMissionDossier, stateToJsonString } from "../../src/index.js";
import { contentRef, event, identity, namespace } from "../support/examples.js";
import { cases, deep } from "../support/runs.js";
import { DRIFT_SCENARIO, lines, missionDossier, shell, temporaryDirectory } from "./command.js";

const files = temporaryDirectory();

test.concurrent("what is not for a terminal has no color, in CI neither", async () => {
  const env = { CI: "1", FORCE_COLOR: "1", TERM: "xterm-256color", COLORTERM: "truecolor" };
  const { code, stdout } = await missionDossier(["reduce", DRIFT_SCENARIO], { env });
  expect(code).toBe(0);
  expect(stdout).not.toContain("\u001b");
});

describe.concurrent("text from events", () => {
  // Each is of another kind: an escape sequence of 7 and of 8 bits, a title, line
  // breaks, NUL, DEL, three ways to turn text around, a line separator, and what
  // nobody sees.
  const hostile =
    "\u001b[2J\u009b31m\u001b]0;title\u0007\r\n\t\u0000\u007f\u202e\u2066\u200f\u2028\u200b\ufeff\u{e0041}";
  const acted = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  const place = Object.fromEntries(
    Object.keys({ ...namespace, step_id: "" }).map((key) => [key, `${hostile}${key}`]),
  );
  const artifact = { ...identity, path: `${hostile}path` };
  const events = [
    event("MissionDossierArtifactIndexed", {
      namespace: place,
      artifact_id: artifact,
      content_ref: { ...contentRef, hash: `${hostile}hash` },
      indexed_at: `${hostile}indexed_at`,
      step_id: `${hostile}artifact_step`,
    }),
    event("MissionDossierArtifactMissing", {
      namespace: place,
      expected_identity: artifact,
      manifest_step: `${hostile}manifest_step`,
      checked_at: `${hostile}checked_at`,
      remediation_hint: `${hostile}remediation_hint`,
    }),
    event("MissionDossierSnapshotComputed", {
      namespace: place,
      snapshot_hash: `${hostile}snapshot_hash`,
      artifact_count: 1,
      anomaly_count: 0,
      computed_at: `${hostile}computed_at`,
    }),
    event("MissionDossierParityDriftDetected", {
      namespace: place,
      expected_hash: `${hostile}expected_hash`,
      actual_hash: `${hostile}actual_hash`,
      drift_kind: "artifact_added",
      detected_at: `${hostile}detected_at`,
    }),
  ];
  const file = files.write("hostile.jsonl", lines(...events));

  test("is harmless on the page, and still there", async () => {
    const { code, stdout, stderr } = await missionDossier(["reduce", file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).not.toMatch(acted);
    const shown = [
      ...Object.keys(place),
      "path",
      "indexed_at",
      "artifact_step",
      "manifest_step",
      "checked_at",
      "remediation_hint",
      "snapshot_hash",
      "computed_at",
      "expected_hash",
      "actual_hash",
      "detected_at",
    ];
    const escaped =
      "\\u{1b}[2J\\u{9b}31m\\u{1b}]0;title\\u{7}\\u{d}\\u{a}\\u{9}\\u{0}\\u{7f}" +
      "\\u{202e}\\u{2066}\\u{200f}\\u{2028}\\u{200b}\\u{feff}\\u{e0041}";
    expect(shown.filter((field) => !stdout.includes(`${escaped}${field}`))).toEqual([]);
  });

  test("is exact in JSON", async () => {
    const { stdout } = await missionDossier(["reduce", "--format", "json", file]);
    const state = reduceMissionDossier(events.map((json) => JSON.parse(JSON.stringify(json))));
    expect(stdout).toBe(`${stateToJsonString(state, 2)}\n`);
    expect(JSON.parse(stdout).namespace).toEqual(place);
  });

  test.each([
    {
      where: "in a mixed stream",
      records: [
        events[0],
        event("MissionDossierSnapshotComputed", {
          namespace: { ...place, feature_slug: "b" },
        }),
      ],
    },
    {
      where: "in an id and a value that break a rule",
      records: [{ ...events[0], event_id: hostile, timestamp: hostile, project_uuid: hostile }],
    },
    {
      where: "in the keys and values of a payload that is skipped",
      records: [
        event("MissionDossierSnapshotComputed", {
          namespace: place,
          algorithm: hostile,
          context_diagnostics: { [hostile]: 1 },
        }),
      ],
    },
  ])("is harmless $where", async ({ records }) => {
    const { stderr } = await missionDossier(["reduce", "--strict"], { input: lines(...records) });
    expect(stderr).toContain("\\u{202e}");
    expect(stderr).not.toMatch(acted);
  });

  test("is harmless in a line that is no JSON", async () => {
    const { stderr } = await missionDossier(["reduce"], { input: "\u001b[2J\u202e" });
    expect(stderr).toContain("not JSON: ");
    expect(stderr).not.toMatch(acted);
  });

  test("is harmless in the name of a file, whatever is the matter with it", async () => {
    const name = "\u001b[2J\u202e.jsonl";
    const shown = "\\u{1b}[2J\\u{202e}.jsonl";
    files.write(name, lines({}, event("MissionDossierSnapshotComputed", {})));
    const cwd = files.path;
    const invalid = await missionDossier(["reduce", "--skip-invalid", name], { cwd });
    expect(invalid.stderr).toContain(`${shown}:1: not a valid event\n`);
    expect(invalid.stderr).toContain(`${shown}:2: payload skipped `);
    const missing = await missionDossier(["reduce", `no${name}`], { cwd });
    expect(missing.stderr).toContain(`cannot read no${shown}: `);
    const option = await missionDossier(["reduce", `--${name}`], { cwd });
    expect(option.stderr).toContain(`unknown option '--${shown}'`);
    expect(invalid.stderr + missing.stderr + option.stderr).not.toMatch(acted);
  });
});

describe.concurrent("an output that takes no more", () => {
  const FULL = "/dev/full";
  // Far more than a pipe holds.
  const big = files.write(
    "big.jsonl",
    lines(
      event("MissionDossierArtifactIndexed", {
        namespace,
        artifact_id: { ...identity, path: "p".repeat(500_000) },
        content_ref: contentRef,
        indexed_at: "",
      }),
    ),
  );

  test("is no error when a reader has seen enough", async () => {
    const line = '{ CLI reduce "$FILE"; echo "exit $?" >&2; } | head -c 1 | wc -c';
    const { stdout, stderr } = await shell(line, { env: { FILE: big } });
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: "1", stderr: "exit 0\n" });
  });

  test.runIf(deep)(
    "leaves the other exit codes as they are when a reader has seen enough",
    async () => {
      const line =
        '{ CLI reduce --fail-on-drift "$BIG" "$DRIFT"; echo "exit $?" >&2; } | head -c 1';
      const drift = files.write(
        "drift.jsonl",
        lines(
          event("MissionDossierParityDriftDetected", {
            namespace,
            expected_hash: "a",
            actual_hash: "b",
            drift_kind: "artifact_added",
            detected_at: "",
          }),
        ),
      );
      const { stderr } = await shell(line, { env: { BIG: big, DRIFT: drift } });
      expect(stderr).toBe("exit 3\n");
    },
  );

  test.skipIf(!existsSync(FULL))(
    "is an error, without a stack trace, when a disk is full",
    async () => {
      const env = { FILE: DRIFT_SCENARIO };
      const commands = ['CLI reduce "$FILE"', 'CLI reduce --fail-on-drift -f json "$FILE"'];
      for (const line of cases(commands, 1)) {
        const { code, stderr } = await shell(`${line} > ${FULL}`, { env });
        expect(code).toBe(2);
        expect(stderr).toBe("mission-dossier: cannot write the output: no space left on device\n");
      }
    },
  );

  test.runIf(deep && existsSync(FULL))("is one error, however much is written to it", async () => {
    const bad = files.write("many.jsonl", "bad\n".repeat(20_000));
    const { code, stderr } = await shell(`CLI validate "$FILE" > ${FULL}`, { env: { FILE: bad } });
    expect(code).toBe(2);
    expect(stderr.match(/cannot write the output/g)).toHaveLength(1);
  });

  test.runIf(deep && existsSync(FULL))(
    "keeps the exit code when it is standard error",
    async () => {
      const missing = join(files.path, "missing.jsonl");
      const { code } = await shell(`CLI reduce "$FILE" 2> ${FULL}`, { env: { FILE: missing } });
      expect(code).toBe(2);
    },
  );

  test.runIf(deep)("keeps the exit code when nobody reads standard error any more", async () => {
    const bad = files.write("bad.jsonl", "bad\n".repeat(20_000));
    const line =
      '{ { CLI reduce "$FILE" 2>&1 >&3; echo "exit $?" >&3; } | head -c 1 > /dev/null; } 3>&1';
    const { stdout } = await shell(line, { env: { FILE: bad } });
    expect(stdout).toBe("exit 1\n");
  });
});
