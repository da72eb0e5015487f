import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { FileLockedError, withFileLock } from "../../src/files/file-lock.js";
import { temporaryDirectory } from "../cli/command.js";

const folder = temporaryDirectory();
const MODULE = new URL("../../build/library/src/files/file-lock.js", import.meta.url).href;

/** Starts a process that runs a script in which `withFileLock` and `path` are known. */
function start(path: string, script: string): ChildProcess {
  const module = `
    import { appendFileSync } from "node:fs";
    import { setTimeout } from "node:timers/promises";
    import { withFileLock } from ${JSON.stringify(MODULE)};
    const path = ${JSON.stringify(path)};
    const say = (text) => process.stdout.write(text + "\\n");
    ${script}`;
  return spawn(process.execPath, ["--input-type=module", "--eval", module], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
}

const HOLD = `await withFileLock(path, async () => { say("held"); await setTimeout(60_000); });`;

async function said(child: ChildProcess): Promise<string> {
  const [chunk] = await once(child.stdout ?? child, "data");
  return String(chunk).trim();
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** A path of its own for each test, and what is left beside it. */
function place(name: string): { readonly path: string; readonly left: () => string[] } {
  const path = join(folder.path, name);
  return {
    path,
    left: () => readdirSync(folder.path).filter((file) => file.startsWith(`${name}.`)),
  };
}

/** The content of a lock file whose holder is dead. */
const DEAD = { token: "t", pid: 2 ** 30, host: hostname(), started: null };

const nothing = async (): Promise<string> => "done";

describe("a file lock", () => {
  test("gives the result of the work, and leaves nothing behind", async () => {
    const { path, left } = place("free");
    expect(await withFileLock(path, nothing)).toBe("done");
    const work = withFileLock(path, () => Promise.reject(new Error("failed")));
    await expect(work).rejects.toThrow("failed");
    expect(left()).toEqual([]);
  });

  test("is refused while another process holds it, with its number", async () => {
    const { path, left } = place("held");
    const holder = start(path, HOLD);
    expect(await said(holder)).toBe("held");
    const refused = await withFileLock(path, nothing).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FileLockedError);
    expect(refused).toMatchObject({ file: path, holder: { pid: holder.pid, host: hostname() } });
    await kill(holder);
    expect(await withFileLock(path, nothing)).toBe("done");
    expect(left()).toEqual([]);
  });

  test("is refused to a second call in the same process, by another path too", async () => {
    const { path } = place("twice");
    writeFileSync(path, "");
    const link = join(folder.path, "link-to-twice");
    symlinkSync(path, link);
    await withFileLock(path, async () => {
      await expect(withFileLock(link, nothing)).rejects.toThrow(FileLockedError);
    });
  });

  test("is waited for with patience", async () => {
    const { path } = place("patience");
    const holder = start(path, HOLD);
    await said(holder);
    const waiting = withFileLock(path, nothing, { patience: 30_000 });
    await kill(holder);
    expect(await waiting).toBe("done");
  });

  test("is taken over from holders that were killed one after another", async () => {
    const { path, left } = place("chain");
    for (let count = 1; count <= 3; count++) {
      const holder = start(path, HOLD);
      expect(await said(holder)).toBe("held");
      await kill(holder);
      expect(left()).toHaveLength(count);
    }
    expect(await withFileLock(path, nothing)).toBe("done");
    expect(left()).toEqual([]);
  });

  test("is taken over from a process that was killed when it had just acquired it", async () => {
    const { path, left } = place("draft");
    const child = start(
      path,
      `import fs from "node:fs";
       import { syncBuiltinESMExports } from "node:module";
       fs.promises.rm = async () => process.kill(process.pid, "SIGKILL");
       syncBuiltinESMExports();
       await withFileLock(path, async () => {});`,
    );
    await once(child, "exit");
    // The claim, and its draft.
    expect(left()).toHaveLength(2);
    expect(await withFileLock(path, nothing)).toBe("done");
    expect(left()).toEqual([]);
  });

  test("is taken over from a dead holder whose claim has its draft as its successor", async () => {
    const { path, left } = place("older");
    writeFileSync(`${path}.lock`, JSON.stringify(DEAD));
    writeFileSync(`${path}.lock.t`, JSON.stringify(DEAD));
    expect(await withFileLock(path, nothing)).toBe("done");
    expect(left()).toEqual([]);
  });

  test.each([
    [
      "circle",
      (path: string) => {
        writeFileSync(`${path}.lock`, JSON.stringify(DEAD));
        writeFileSync(`${path}.lock.t`, JSON.stringify({ ...DEAD, token: "u" }));
        writeFileSync(`${path}.lock.u`, JSON.stringify(DEAD));
      },
    ],
    ["link to nothing", (path: string) => symlinkSync("nowhere", `${path}.lock`)],
  ])("is refused if its files are a %s", async (name, make) => {
    const { path } = place(name);
    make(path);
    await expect(withFileLock(path, nothing, { patience: 50 })).rejects.toThrow(FileLockedError);
  });

  test("is an error of its file where that cannot be written", async () => {
    const path = join(folder.path, "missing", "log");
    await expect(withFileLock(path, async () => undefined)).rejects.toMatchObject({
      code: "unwritable_file",
      file: `${path}.lock`,
    });
  });

  test.each([
    ["empty", ""],
    ["null", "null"],
    ["shapeless", "{}"],
    ["elsewhere in the folders", JSON.stringify({ ...DEAD, token: "/../t" })],
  ])("is refused by a file that says nothing, which the error names: %s", async (name, content) => {
    const { path } = place(name);
    writeFileSync(`${path}.lock`, content);
    await expect(withFileLock(path, nothing)).rejects.toMatchObject({
      code: "locked_file",
      file: path,
      lockFile: `${path}.lock`,
    });
  });

  test("is not taken from a process on another host", async () => {
    const { path } = place("elsewhere");
    writeFileSync(
      `${path}.lock`,
      JSON.stringify({ token: "t", pid: 1, host: `not-${hostname()}`, started: null }),
    );
    await expect(withFileLock(path, nothing)).rejects.toThrow("is in use by process 1 on not-");
  });

  test.runIf(process.platform === "linux")(
    "is taken over from a dead process whose number another has now",
    async () => {
      const { path } = place("reused");
      const holder = { token: "t", pid: process.pid, host: hostname(), started: "boot 1" };
      writeFileSync(`${path}.lock`, JSON.stringify(holder));
      expect(await withFileLock(path, nothing)).toBe("done");
    },
  );

  test("is held by one at a time, when many find a dead holder and are killed themselves", async () => {
    const { path, left } = place("many");
    const log = join(folder.path, "many-log");
    appendFileSync(log, "");
    const dead = start(path, HOLD);
    await said(dead);
    await kill(dead);
    const work = `
      const log = ${JSON.stringify(log)};
      for (let round = 0; round < 60; round++) {
        await withFileLock(path, async () => {
          appendFileSync(log, "+" + process.pid + "\\n");
          if (round === 40 && DIES) process.kill(process.pid, "SIGKILL");
          await setTimeout(Math.random() < 0.5 ? 0 : 1);
          appendFileSync(log, "-" + process.pid + "\\n");
        }, { patience: 60_000 });
      }`;
    const processes = [false, false, true, true].map((dies) =>
      start(path, `const DIES = ${dies};${work}`),
    );
    await Promise.all(processes.map((child) => once(child, "exit")));
    const steps = readFileSync(log, "utf8").trimEnd().split("\n");
    const killed = new Set(processes.slice(2).map(({ pid }) => `${pid}`));
    let inside: string | undefined;
    for (const step of steps) {
      const pid = step.slice(1);
      if (step.startsWith("+")) {
        expect(inside === undefined || killed.has(inside)).toBe(true);
        inside = pid;
      } else {
        expect(pid).toBe(inside);
        inside = undefined;
      }
    }
    expect(steps.filter((step) => step.startsWith("-"))).toHaveLength(2 * 60 + 2 * 40);
    // The last one may have been killed.
    await withFileLock(path, nothing);
    expect(left()).toEqual([]);
  });
});
