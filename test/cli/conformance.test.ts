import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { deep } from "../support/runs.js";
import { missionDossier, startMissionDossier, temporaryDirectory } from "./command.js";

const files = temporaryDirectory();

/** A program in the protocol `lines`: the body judges `given`, and may end the process. */
function lineProgram(name: string, body: string): string {
  const file = files.write(
    `${name}.mjs`,
    `import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line);
  const isPlain = JSON.stringify(given.payload) !== "{}";
  ${body}
}`,
  );
  return `"${process.execPath}" "${file}"`;
}

/** Watches a shell and all that it starts, through a FIFO that `command` opens in it. */
function watch(name: string): {
  readonly command: string;
  readonly here: Promise<void>;
  readonly gone: Promise<void>;
} {
  const fifo = join(files.path, name);
  expect(spawnSync("mkfifo", [fifo]).status).toBe(0);
  const reader = spawn("cat", [fifo], { stdio: ["ignore", "pipe", "ignore"] });
  return {
    command: `exec 9> "${fifo}"; echo here >&9`,
    here: new Promise((resolve) => reader.stdout.once("data", () => resolve())),
    gone: new Promise((resolve) => reader.once("close", () => resolve())),
  };
}

describe.concurrent("conformance of the package", () => {
  test("runs every case and prints a table", async () => {
    const { code, stdout, stderr } = await missionDossier(["conformance"]);
    expect(stdout).toMatch(
      /^suite +cases +passed +failed\ndossier +13 +13 +0\nboundary +[0-9]+ +[0-9]+ +0\n/,
    );
    expect(stdout).toMatch(/^streams, reduced +[0-9]+ +[0-9]+ +0$/m);
    expect(stderr).toMatch(/^[0-9]+ cases, all as expected\n$/);
    expect(code).toBe(0);
  });

  test("runs the cases of one generation", async () => {
    const { code, stdout } = await missionDossier(["conformance", "--contract", "3.0.0"]);
    expect(stdout).toMatch(
      /^suite +cases +passed +failed\ngenerations +([0-9]+) +\1 +0\nstreams, reduced +2 +2 +0\n$/,
    );
    expect(code).toBe(0);
  });

  test.each([
    [["--protocol", "lines"], "--protocol needs --command"],
    [["--jobs", "1.5"], "'1.5' is invalid. It must be a whole number from 1 to 256."],
    [["--timeout", "soon"], "'soon' is invalid. It must be a number from 0.1 to 86400."],
    [["--protocol", "http"], "Allowed choices are exit-code, lines."],
  ])("misuse: %j", async (args, message) => {
    const { code, stdout, stderr } = await missionDossier(["conformance", ...args]);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe.concurrent("conformance of a program that answers by its exit code", () => {
  test("shows the verdicts that are not as expected, with the program's own words", async () => {
    const judge = files.write(
      "judge.sh",
      `# Wrong about one thing: it wants an anomaly in every snapshot.
read -r payload
case "$1 $payload" in
  *' {}') exit 1 ;;
  MissionDossierSnapshotComputed*'"anomaly_count":0'*) echo "no anomaly" >&2; exit 1 ;;
esac`,
    );
    const command = `sh "${judge}"`;
    const { code, stdout, stderr } = await missionDossier(["conformance", "--command", command]);
    expect(stdout).toMatch(/^suite +cases +passed +failed +no verdict\ndossier +13 +9 +4 +0\n/);
    expect(stdout).toMatch(
      /\ndossier-snapshot-computed-clean: expected valid, found invalid: .*\n {2}no anomaly\n/,
    );
    expect(stdout).toContain(
      "\ndossier-artifact-indexed-missing-path: expected invalid, found valid: ",
    );
    expect(stdout).not.toContain("\ndossier-artifact-indexed-valid: ");
    expect(stdout).not.toContain("streams");
    expect(stderr).toMatch(
      /^[0-9]+ verdicts as expected, but with text on standard error\.(?:.*\n)*The first, boundary-namespace-feature-slug-empty:\n {2}no anomaly\n[0-9]+ cases, [0-9]+ not as expected\n$/,
    );
    expect(code).toBe(1);
  });

  test.each([
    { command: "exit 3; echo", reason: "exit code 3; 0 is valid, 1 is invalid" },
    { command: "kill -9 $$; echo", reason: "signal SIGKILL; 0 is valid, 1 is invalid" },
    { command: "exit 127; echo", reason: "exit code 127; 0 is valid, 1 is invalid" },
  ])("needs a verdict at all: $command", async ({ command, reason }) => {
    expect(await missionDossier(["conformance", "-c", command])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `mission-dossier: the command gives no verdict (${reason})\n`,
    });
  });

  test("does not take a crash at the start for the verdict that everything is invalid", async () => {
    const file = files.write("crash.mjs", 'throw new Error("the database is not there");');
    const command = `"${process.execPath}" "${file}"`;
    const { code, stdout, stderr } = await missionDossier(["conformance", "-c", command]);
    expect(stderr).toMatch(
      /^mission-dossier: the command does not judge: a valid payload and an empty object are both invalid to it\n/,
    );
    expect(stderr).toContain("  Error: the database is not there\n");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("does not take a program that accepts everything for a judge", async () => {
    const { code, stderr } = await missionDossier(["conformance", "-c", "true"]);
    expect(stderr).toContain("are both valid to it\n");
    expect(code).toBe(2);
  });

  test("says when the program is not there, or may not be run", async () => {
    const file = files.write("no-program", "");
    for (const command of ["no-such-program", file]) {
      const { code, stdout, stderr } = await missionDossier(["conformance", "-c", command]);
      expect(stderr).toMatch(/^mission-dossier: the command gives no verdict \(exit code 12[67];/);
      expect(stderr).toMatch(/\n {2}.*no-(?:such-)?program/);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    }
  });
});

describe.concurrent("conformance of a program that answers line by line", () => {
  test("starts it once, and shows the violations that it gives with a wrong verdict", async () => {
    const command = lineProgram(
      "accepts-all",
      `process.stderr.write("noise\\n");
      const violations = given.event_type === "Event" ? [{ field: "a", rule: "b" }] : undefined;
      const valid = isPlain && violations === undefined;
      console.log(JSON.stringify({ id: given.id, valid, pid: process.pid, violations }));
      if (given.id === "probe-valid") { console.error("started"); }`,
    );
    const args = ["conformance", "-c", `echo >> "${files.path}/starts"; ${command}`];
    const { code, stdout } = await missionDossier([...args, "--protocol", "lines"]);
    expect(stdout).toMatch(/^suite +cases +passed +failed +no verdict\ndossier +13 +10 +3 +0\n/);
    expect(stdout).toMatch(/: expected valid, found invalid: .*\n {2}\{"field":"a","rule":"b"\}\n/);
    expect(code).toBe(1);
    expect(readFileSync(join(files.path, "starts"), "utf8")).toBe("\n");
  });

  test("takes a crash for no verdict, shows its last words, and goes on", async () => {
    const command = lineProgram(
      "crashes",
      `if (given.id === "dossier-artifact-indexed-valid") { throw new Error("too valid"); }
      if (given.id === "dossier-artifact-indexed-supersedes") { process.kill(process.pid, "SIGKILL"); }
      console.log(JSON.stringify({ id: given.id, valid: isPlain }));`,
    );
    const run = await missionDossier(["conformance", "-c", command, "-p", "lines", "-j", "2"]);
    expect(run.stdout).toMatch(/\ndossier +13 +8 +3 +2\n/);
    const told = run.stdout.slice(run.stdout.indexOf("\ndossier-artifact-indexed-valid: "));
    expect(told).toMatch(
      /^\ndossier-artifact-indexed-valid: no verdict \(ended with exit code 1 before its answer\)\n/,
    );
    expect(told).toContain("\n  Error: too valid\n");
    expect(told).toContain(
      "\ndossier-artifact-indexed-supersedes: no verdict (ended with exit code 137, signal SIGKILL before its answer)\n",
    );
    expect(run.code).toBe(1);
  });

  test("gives up on a program that does not answer, and on what it has started", async () => {
    const started = watch("gives-up");
    const command = `${started.command}; echo busy >&2; sleep 1000 & wait`;
    const { code, stdout, stderr } = await missionDossier([
      "conformance",
      "-c",
      command,
      "--protocol",
      "lines",
      "--timeout",
      "1",
    ]);
    expect(stderr).toBe(
      "mission-dossier: the command gives no verdict (no answer within 1 s; the output must be flushed after each line)\n  busy\n",
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    await started.gone;
  });

  test("says how a program ended that does not read its input", async () => {
    const { code, stderr } = await missionDossier(["conformance", "-c", "true", "-p", "lines"]);
    expect(stderr).toContain("(ended with exit code 0 before its answer)\n");
    expect(code).toBe(2);
  });

  test("ends the program when Ctrl-C is pressed", async () => {
    const started = watch("interrupted");
    const command = `${started.command}; sleep 1000 & wait`;
    const run = startMissionDossier(["conformance", "-p", "lines", "-c", command]);
    await started.here;
    run.interrupt();
    expect(await run.ended).toMatchObject({ code: 130, stderr: "mission-dossier: interrupted\n" });
    await started.gone;
  });

  const version = "import sys; sys.exit(sys.version_info < (3, 10))";
  const hasPython = deep && spawnSync("python3", ["-c", version]).status === 0;

  test.runIf(hasPython).each([
    ["2.4.0", "schemas"],
    ["3.0.0", "schemas/3.0.0"],
  ])("agrees with a judge in Python on every case of %s", async (contract, schemas) => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const command = `python3 test/bindings/python/judge.py ${schemas}`;
    const args = ["--contract", contract, "--protocol", "lines"];
    const run = await missionDossier(["conformance", "-c", command, ...args], { cwd: root });
    expect(run.stderr).toMatch(/^[0-9]+ cases, all as expected\n$/);
    expect(run.code).toBe(0);
  });
});
