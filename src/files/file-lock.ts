import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { link, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { MissionDossierError } from "../event/errors/mission-dossier-error.js";
import { hasCode } from "./has-code.js";
import { withFile } from "./with-file.js";
import { DRAFT, UnwritableFileError } from "./write-file.js";

/** Raised when another process, or another call in this one, holds the lock on a path. */
export class FileLockedError extends MissionDossierError {
  override readonly name = "FileLockedError";
  /** The process that holds the lock. */
  readonly holder: { readonly pid: number; readonly host: string };

  constructor(
    /** The path that is locked. */
    override readonly file: string,
    /** The file that says so. It may be removed if the holder is known to be gone. */
    readonly lockFile: string,
    { pid, host }: { readonly pid: number; readonly host: string },
  ) {
    super("locked_file", `${file} is in use by process ${pid} on ${host}, as ${lockFile} says.`, {
      file,
    });
    this.holder = { pid, host };
  }
}

/** How a lock is acquired. */
export type FileLockOptions = {
  /** Milliseconds to wait for a lock that is held. Default: 0. */
  readonly patience?: number;
};

/**
 * Does some work while no other process that asks for the lock on the same path does its own.
 * Whatever is at the path need not exist, but its folder must. The lock binds only those who
 * ask for it.
 *
 * A file beside the path names the holder, and is removed after the work. If the holder was
 * killed, the next process takes the lock over. That needs to see the process: a holder on
 * another host, or in a container with another host name, counts as alive. So does, except on
 * Linux, a process that has the number of a dead holder.
 *
 * @throws FileLockedError when the lock is held by another.
 * @throws UnwritableFileError when the file that names the holder cannot be written.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  { patience = 0 }: FileLockOptions = {},
): Promise<T> {
  const deadline = Date.now() + patience;
  const root = rootOf(path);
  let locked = await acquire(root);
  while (locked.kind === "held" && Date.now() < deadline) {
    await setTimeout(RETRY);
    locked = await acquire(root);
  }
  if (locked.kind === "held") {
    throw new FileLockedError(path, locked.file, locked.holder);
  }
  try {
    return await work();
  } finally {
    await release(locked.claims);
  }
}

/** Tells whether a file, given without links, belongs to the lock on a path. */
export function lockFilesOf(path: string): (file: string) => boolean {
  const root = rootOf(path);
  return (file) => file === root || file.startsWith(`${root}.`);
}

function rootOf(path: string): string {
  return `${realPath(path)}.lock`;
}

/** Milliseconds between two attempts. */
const RETRY = 20;

/** The content of a lock file: facts about its holder. */
type Holder = {
  /** Unique to this claim. */
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** Text that tells apart two processes with the same number, where the system provides it. */
  readonly started: string | null;
};

/**
 * The claims on a path are a chain. The first is in the file `.lock`; the one that takes over
 * from a dead holder is in a file with that holder's token in its name. A file is created only
 * if there is none, so each claim has one successor at most, and the last claim has the lock.
 *
 * To release the lock, its holder removes the first file, then the others. Whoever was still
 * following the old chain may then create a file in it, and notices that its beginning is gone.
 * Tokens are not used twice, so the beginning never returns.
 */
async function acquire(
  root: string,
): Promise<
  | { readonly kind: "acquired"; readonly claims: readonly string[] }
  | { readonly kind: "held"; readonly file: string; readonly holder: Holder }
> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const claims: string[] = [];
    const files = new Set([root]);
    let beginning: Holder | undefined;
    let file = root;
    let holder = await claim(file);
    while (holder !== undefined && !isAlive(holder)) {
      beginning ??= holder;
      claims.push(file);
      file = successorOf(root, file, holder);
      // Only a file that was copied by hand leads back to an earlier one.
      const isCircle = files.has(file);
      files.add(file);
      holder = isCircle ? UNKNOWN_HOLDER : await claim(file);
    }
    if (holder !== undefined) {
      return { kind: "held", file, holder };
    }
    if (beginning === undefined) {
      return { kind: "acquired", claims: [file] };
    }
    if ((await read(root))?.token === beginning.token) {
      await removeDrafts(root);
      return { kind: "acquired", claims: [...claims, file] };
    }
    await rm(file, { force: true });
  }
  return { kind: "held", file: root, holder: UNKNOWN_HOLDER };
}

/** The file of the claim that takes over from a dead holder. */
function successorOf(root: string, file: string, { token }: Holder): string {
  const successor = `${root}.${token}`;
  // Earlier versions gave the draft of the first claim this name, and could leave it there.
  return file === successor ? `${file}.${token}` : successor;
}

/** How often a lock that others change all the time is looked at, before it counts as held. */
const MOST_TRIES = 100;

async function release(claims: readonly string[]): Promise<void> {
  for (const file of claims) {
    await rm(file, { force: true });
  }
}

/** Creates the file of a claim, or gives the holder that it names already. */
async function claim(file: string): Promise<Holder | undefined> {
  const token = randomUUID();
  const own: Holder = { token, pid: process.pid, host: hostname(), started: OWN_START };
  // A link is created with its whole content at once, so no other process reads a part.
  // No claim has its name, since a claim would then seem to be its own successor.
  const draft = `${file}.${token}${DRAFT}`;
  try {
    // It must be whole after a power failure too, or it would lock everybody out.
    await withFile(draft, "wx", async (written) => {
      await written.writeFile(JSON.stringify(own));
      await written.datasync();
    });
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      try {
        await link(draft, file);
        return undefined;
      } catch (error) {
        if (!hasCode(error, "EEXIST")) {
          throw error;
        }
      }
      const holder = await read(file);
      if (holder !== undefined) {
        return holder;
      }
    }
    // The name exists, but cannot be followed.
    return UNKNOWN_HOLDER;
  } catch (error) {
    throw error instanceof MissionDossierError ? error : new UnwritableFileError(file, error);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes the drafts that killed processes have left. */
async function removeDrafts(root: string): Promise<void> {
  try {
    for (const name of await readdir(dirname(root))) {
      const file = join(dirname(root), name);
      const isDraft = file.startsWith(`${root}.`) && file.endsWith(DRAFT);
      const holder = isDraft ? await read(file) : undefined;
      if (holder !== undefined && !isAlive(holder)) {
        await rm(file, { force: true });
      }
    }
  } catch {
    // The lock is acquired, and a draft that stays harms nobody.
  }
}

/** The holder that a file names; `undefined` if there is no such file. */
async function read(file: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(file, "utf8"));
    return isHolder(holder) ? holder : UNKNOWN_HOLDER;
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return undefined;
    }
    if (error instanceof SyntaxError) {
      return UNKNOWN_HOLDER;
    }
    throw error;
  }
}

function isHolder(json: unknown): json is Holder {
  const { token, pid, host, started } = Object(json);
  return (
    typeof token === "string" &&
    // It becomes a part of a name.
    /^[\w-]+$/.test(token) &&
    Number.isSafeInteger(pid) &&
    typeof host === "string" &&
    (started === null || typeof started === "string")
  );
}

/** Stands for the holder if its file is damaged. It counts as alive. */
const UNKNOWN_HOLDER: Holder = { token: "", pid: 0, host: "an unknown host", started: null };

function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) {
    return true;
  }
  if (started !== null) {
    return startOf(pid) === started;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive too.
    return !hasCode(error, "ESRCH");
  }
}

/**
 * Text that two processes share only if they are one: on Linux the boot and the time since then.
 * `undefined` if there is no such process, or it is a zombie; `null` on other systems.
 */
function startOf(pid: number): string | null | undefined {
  if (process.platform !== "linux") {
    return null;
  }
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program comes second, in parentheses, and may contain some.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = ""] = fields;
    return "ZX".includes(state) ? undefined : `${boot} ${fields[19]}`;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) {
      return undefined;
    }
    throw error;
  }
}

const OWN_START = startOf(process.pid) ?? null;

/** The path without links, so that two paths to one file have one lock. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) {
      throw new UnwritableFileError(path, error);
    }
    // Without its folder there is nothing to lock. The writer will report that.
    const parent = dirname(resolve(path));
    return existsSync(parent) ? join(realpathSync(parent), basename(path)) : resolve(path);
  }
}
