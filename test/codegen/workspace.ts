import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** The root of this project. */
export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** Where a contract has its declaration of protovalidate's rules. */
export const VALIDATE = "proto/buf/validate/validate.proto";
/** A `buf.yaml` for a contract in `proto/`. */
export const BUF_YAML = "version: v2\nmodules:\n  - path: proto\n";

/** The outcome of a command. */
export type Outcome = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Where programs are looked for. Version 6 of TypeScript has a `tsc` in `.bin`, too. */
const PROGRAMS = ["node_modules/typescript/bin", "node_modules/.bin"].map((bin) =>
  join(PROJECT, bin),
);

const TOOLS = ["node_modules", "build"];
/** The folders that no copy of this project needs. */
const NOT_COPIED = [...TOOLS, "dist", "coverage", "test", "bench", "fuzz", ".git"];

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/**
 * A project in a folder of its own, which uses the tools and the compiled
 * plugins of this one. It is gone when the tests of the file have ended.
 */
export class Workspace {
  readonly root = mkdtempSync(join(tmpdir(), "mission-dossier-test-"));

  /** @param copied What to copy from this project, files or folders. */
  constructor(...copied: readonly string[]) {
    folders.push(this.root);
    for (const path of copied) {
      this.copy(join(PROJECT, path), path);
    }
    for (const tools of TOOLS) {
      symlinkSync(join(PROJECT, tools), this.path(tools));
    }
  }

  /** A copy of this project as it is, uncompiled. */
  static ofProject(): Workspace {
    return new Workspace(...readdirSync(PROJECT).filter((name) => !NOT_COPIED.includes(name)));
  }

  path(file: string): string {
    return join(this.root, file);
  }

  copy(from: string, to: string): void {
    cpSync(from, this.path(to), { recursive: true });
  }

  read(file: string): string {
    return readFileSync(this.path(file), "utf8");
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  /** Replaces a piece of text that must stand in the file exactly once. */
  edit(file: string, from: string | RegExp, to: string): void {
    const parts = this.read(file).split(from);
    if (parts.length !== 2) {
      throw new Error(`${file} holds ${parts.length - 1} times: ${from}`);
    }
    this.write(file, parts.join(to));
  }

  /** Removes a file or a folder, which must be there. */
  remove(file: string): void {
    rmSync(this.path(file), { recursive: true });
  }

  /** Runs a program of the project, or `node`. */
  run(program: string, ...args: readonly string[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd: this.root,
        env: {
          ...process.env,
          PATH: [...PROGRAMS, process.env["PATH"] ?? ""].join(delimiter),
        },
      });
      const output = { stdout: "", stderr: "" };
      for (const stream of ["stdout", "stderr"] as const) {
        child[stream].setEncoding("utf8").on("data", (chunk: string) => {
          output[stream] += chunk;
        });
      }
      child.on("error", reject);
      child.on("close", (status) => resolve({ status, ...output }));
    });
  }

  /** Compiles files in strict mode, and gives what the compiler says of each error. */
  async complaintsAbout(files: { readonly [name: string]: string }): Promise<readonly string[]> {
    for (const [name, text] of Object.entries(files)) {
      this.write(name, text);
    }
    const project = {
      extends: "./tsconfig.base.json",
      compilerOptions: { noEmit: true },
      files: Object.keys(files),
    };
    this.write("tsconfig.json", JSON.stringify(project));
    const { stdout } = await this.run("tsc", "--project", "tsconfig.json", "--pretty", "false");
    return stdout.trim().split(/\n(?=\S)/);
  }

  /** Runs a program that must succeed, and gives what it printed. */
  async mustRun(program: string, ...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(program, ...args);
    if (status !== 0) {
      throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
    }
    return stdout;
  }
}
