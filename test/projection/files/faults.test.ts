import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { currentStates, projectFiles, rebuildFiles } from "../../../src/projection/files/index.js";
import { below, seeded } from "../../../bench/random.js";
import { events } from "../../engine/events.js";
import { deep, size } from "../../support/runs.js";
import { reducedStates, storedStates, temporaryFolder } from "./world.js";

const folder = temporaryFolder();
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Starts a process that projects, as users do. */
function project(
  log: string,
  states: string,
  { follow = false, before = "", flags = "" } = {},
): ChildProcess {
  const script = `import { currentStates, projectFiles, rebuildFiles } from "mission-dossier/projection/files";
    const [log, states] = ${JSON.stringify([log, states])};
    await projectFiles({ log, states, follow: ${follow}, maxOpenMissions: 40 });`;
  const node = `exec '${process.execPath}' ${flags} --input-type=module --eval '${script}'`;
  return spawn("sh", ["-c", `${before}${node}`], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function linesOf(log: string): string[] {
  return readFileSync(log, "utf8").trimEnd().split("\n");
}

test("killed at any time, while the log grows, the next process continues", async () => {
  const [log, states] = [join(folder, "kill.jsonl"), join(folder, "kill-states")];
  const random = seeded(7);
  const stream = { events: size(50_000), missions: size(200), seed: 3 };
  const rounds = deep ? 10 : 1;
  const lines = [...events(stream)].map((bytes) => Buffer.from(bytes).toString());
  writeFileSync(log, "");
  for (let round = 0; round < rounds; round++) {
    const worker = project(log, states, { follow: true });
    const gone = once(worker, "exit");
    const some = lines.splice(0, Math.ceil(lines.length / (rounds - round)));
    const cut = below(random, some.length);
    // Each part ends in the midst of a line.
    const text = `${some.join("\n")}\n`;
    const half = `${some.slice(0, cut).join("\n")}`.length + 10;
    appendFileSync(log, text.slice(0, half));
    await new Promise((resolve) => setTimeout(resolve, 200 + below(random, 600)));
    appendFileSync(log, text.slice(half));
    await new Promise((resolve) => setTimeout(resolve, below(random, 600)));
    worker.kill("SIGKILL");
    await gone;
  }
  await projectFiles({ log, states });
  expect(await storedStates(states)).toEqual(reducedStates(linesOf(log)).states);
}, 300_000);

test.skipIf(process.platform === "win32")(
  "on a full disk says so, and continues when there is room",
  async () => {
    const [log, states] = [join(folder, "full.jsonl"), join(folder, "full-states")];
    const lines = [...events({ events: 400, missions: 2, seed: 5 })];
    writeFileSync(log, Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])));
    // Blocks of 512 bytes: no state fits.
    const worker = project(log, states, { before: "trap '' XFSZ; ulimit -f 4; " });
    const said: Buffer[] = [];
    worker.stderr?.on("data", (piece: Buffer) => said.push(piece));
    const [code] = await once(worker, "close");
    expect(code).not.toBe(0);
    expect(Buffer.concat(said).toString()).toMatch(/UnwritableFileError: .* cannot be written: /);
    expect(await storedStates(states)).toEqual(new Map());
    await projectFiles({ log, states });
    expect(await storedStates(states)).toEqual(reducedStates(linesOf(log)).states);
  },
);

test("states of an older contract are rebuilt while its process goes on and events arrive", async () => {
  const [log, states] = [join(folder, "older.jsonl"), join(folder, "older-states")];
  const lines = [...events({ events: size(5_000), missions: 20, seed: 9 })].map((bytes) =>
    Buffer.from(bytes).toString(),
  );
  const append = (count: number) =>
    appendFileSync(log, `${lines.splice(0, Math.ceil(count)).join("\n")}\n`);
  append(lines.length / 3);
  const flags = `--import ${pathToFileURL(join(root, "test/support/older-contract.mjs"))}`;
  const older = project(log, states, { follow: true, flags });
  const said: Buffer[] = [];
  older.stderr?.on("data", (piece: Buffer) => said.push(piece));
  const gone = once(older, "close");
  await expect.poll(() => positionIn(states), { timeout: 60_000 }).toBeGreaterThan(0);
  await expect(projectFiles({ log, states })).rejects.toMatchObject({ code: "locked_file" });
  let differences = 0;
  let pieces = 0;
  await rebuildFiles({
    log,
    states,
    onDifference: () => void differences++,
    onProgress: () => {
      // The log grows, and the other process projects it.
      if (pieces++ === 0) {
        append(lines.length / 2);
      }
    },
  });
  expect(differences).toBe(0);
  const rebuilt = linesOf(log);
  // It refuses the new states, which are not its own.
  await gone;
  expect(Buffer.concat(said).toString()).toContain("it was written under another contract");
  expect(await storedStates(states)).toEqual(reducedStates(rebuilt).states);
  append(lines.length);
  await projectFiles({ log, states });
  expect(await storedStates(states)).toEqual(reducedStates(linesOf(log)).states);
}, 120_000);

async function positionIn(states: string): Promise<number> {
  return (await (await currentStates(states)).load()).seq;
}
