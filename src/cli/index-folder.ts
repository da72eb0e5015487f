import { existsSync, fstatSync, realpathSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { InvalidEventError } from "../event/errors/errors.js";
import { lockFilesOf } from "../files/file-lock.js";
import { type FileId, fileId } from "../indexing/hash-file.js";
import { type IndexResult, indexFolder } from "../indexing/index-folder.js";
import type { Problem } from "../indexing/problem.js";
import { RecordedLog } from "../indexing/recorded-log.js";
import { appendEvents, type FileState, fileState } from "./append-events.js";
import { checkBuildId, type EmitterOptions } from "./contract-option.js";
import { CommandError, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { type ClassOptions, classesFrom } from "./index-classes.js";
import { givenNamespace, namespaceFor } from "./index-namespace.js";
import { readLog } from "./read-log.js";
import { STANDARD_INPUT } from "./read-records.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import { jsonOutput, type Terminal } from "./terminal.js";
import { counted, printable } from "./terminal-text.js";
import { reportViolations } from "./violation-text.js";

/** The options of `mission-dossier index`. */
export type IndexCommandOptions = ClassOptions & {
  readonly log?: string;
  readonly append?: boolean;
  /** Each `field=value` or `@FILE`. */
  readonly namespace?: readonly string[];
  readonly root?: string;
} & EmitterOptions;

/**
 * Prints the events that bring a log up to date with a folder, or appends them to it.
 *
 * @throws CommandError when the folder or the log cannot be read, or an option is wrong.
 */
export async function runIndex(
  directory: string,
  options: IndexCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { append = false } = options;
  if (append && options.log === undefined) {
    throw new CommandError("--append needs --log, the file to append to", EXIT_CODES.misuse.code);
  }
  checkBuildId(options);
  const place = placeOf(directory, options.root);
  const given = givenNamespace(options.namespace ?? []);
  const classes = classesFrom(options);
  const before = options.log === undefined ? undefined : fileState(options.log);
  const log = await logIn(options, before, terminal);
  const namespace = namespaceFor(given, log.namespace);
  const excluded = new Set([...standardOutput(), ...(before === undefined ? [] : [before.id])]);
  const isLock = options.log === undefined ? () => false : lockFilesOf(options.log);
  const result = await index(
    {
      ...place,
      log,
      namespace,
      emitter: {
        nodeId: options.nodeId ?? hostname(),
        buildId: options.buildId,
        contract: options.contract,
      },
      classes,
      isExcluded: (path, id) => excluded.has(id) || isLock(join(place.root, path)),
    },
    terminal,
  );
  reportProblems(result.problems, terminal);
  if (append && options.log !== undefined) {
    await appendEvents(options.log, before, result.events);
  } else {
    await print(result, terminal);
  }
  reportCounts(result, terminal);
  return result.problems.some(({ kind }) => kind !== "special_file")
    ? EXIT_CODES.uncertain.code
    : EXIT_CODES.ok.code;
}

async function logIn(
  { log, append }: IndexCommandOptions,
  state: FileState | undefined,
  terminal: Terminal,
): Promise<RecordedLog> {
  if (log === STANDARD_INPUT) {
    throw new CommandError("--log must be a file, not standard input", EXIT_CODES.misuse.code);
  }
  if (log !== undefined && state !== undefined) {
    return await readLog(log, terminal);
  }
  if (log !== undefined && !append) {
    terminal.report(`${printable(log)}: no such file, so the log is empty`);
  }
  return new RecordedLog();
}

/** The folder and the root of its repository: the nearest folder with a `.git`, or itself. */
function placeOf(
  directory: string,
  givenRoot: string | undefined,
): { readonly root: string; readonly folder: string } {
  const path = realFolder(directory);
  const root = givenRoot === undefined ? (repositoryOf(path) ?? path) : realFolder(givenRoot);
  const names = relative(root, path).split(sep);
  if (path !== root && (names[0] === ".." || join(root, ...names) !== path)) {
    throw new CommandError(
      `${printable(directory)} is not in --root ${printable(givenRoot ?? root)}`,
      EXIT_CODES.misuse.code,
    );
  }
  return { root, folder: names.join("/") };
}

function realFolder(path: string): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) {
      return real;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  throw new CommandError(`${printable(path)} is not a folder`, EXIT_CODES.misuse.code);
}

function repositoryOf(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) {
    return folder;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

/** The file that standard output goes to, if it does. It may be in the folder. */
function standardOutput(): FileId[] {
  const stats = fstatSync(1, { bigint: true });
  return stats.isFile() ? [fileId(stats)] : [];
}

async function index(
  options: Parameters<typeof indexFolder>[0],
  terminal: Terminal,
): Promise<IndexResult> {
  const progress = terminal.startProgress(undefined, "bytes");
  const signal = terminal.interrupted;
  try {
    return await indexFolder({ ...options, signal, onRead: (bytes) => progress?.advance(bytes) });
  } catch (error) {
    if (signal.aborted) {
      throw new CommandError("interrupted", EXIT_CODES.interrupted.code);
    }
    if (error instanceof InvalidEventError) {
      reportViolations(error.violations, terminal);
      throw new CommandError(
        "the contract rejects an event with this namespace and node id; nothing was written",
        EXIT_CODES.misuse.code,
      );
    }
    throw isSystemError(error) ? unreadable(join(options.root, options.folder), error) : error;
  } finally {
    progress?.clear();
  }
}

async function print({ events }: IndexResult, terminal: Terminal): Promise<void> {
  for (const event of events) {
    terminal.write(`${jsonOutput(JSON.stringify(event), terminal)}\n`);
    await terminal.ready();
    if (terminal.isOutputOver()) {
      break;
    }
  }
}

function reportProblems(problems: readonly Problem[], terminal: Terminal): void {
  for (const problem of problems) {
    terminal.report(`${printable(problem.path)}: ${problemText(problem)}`);
  }
}

function problemText(problem: Problem): string {
  switch (problem.kind) {
    case "unreadable":
      return `cannot be read: ${reasonOf(problem.error)}`;
    case "changing":
      return "changes while it is read, so it has no hash";
    case "invalid_name":
      return "a name in this folder is not Unicode text, so no event can contain it";
    case "special_file":
      return "neither a file nor a folder, left out";
  }
}

function reportCounts({ events, links, counts }: IndexResult, terminal: Terminal): void {
  const missing = counts.missing + counts.stillMissing;
  const renamed = counts.renamed === 0 ? "" : ` (${counts.renamed} renamed)`;
  const parts = [
    `${counts.indexed} indexed${renamed}`,
    `${counts.unchanged} unchanged`,
    `${missing} missing`,
    ...(links === 0 ? [] : [`${counted(links, "link")} not followed`]),
  ];
  terminal.report(`${counted(events.length, "new event")}: ${parts.join(", ")}`);
  if (counts.vanished > 0) {
    terminal.report(
      `the log still has ${counted(counts.vanished, "artifact")} that the folder has lost: no event ` +
        "of the contract removes one, so the two have different parity hashes",
    );
  }
}

function unreadable(path: string, error: unknown): CommandError {
  return new CommandError(
    `cannot read ${printable(path) || '""'}: ${reasonOf(error)}`,
    EXIT_CODES.misuse.code,
  );
}

function reasonOf(error: unknown): string {
  return isSystemError(error) ? systemErrorText(error) : String(error);
}
