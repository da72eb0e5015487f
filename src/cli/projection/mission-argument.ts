import { compareCodePoints } from "../../parity/code-points.js";
import { projectedState } from "../../projection/index.js";
import { CommandError, EXIT_CODES } from "../exit-codes.js";
import { givenName } from "../known-names.js";
import { columns, indent } from "../table.js";
import { printable } from "../terminal-text.js";
import type { Engine } from "./engine.js";

const WHOLE_KEY = /^[0-9a-f]{32}$/;
const MOST_NAMED = 10;

/**
 * The key of a mission that a person names by its key, by the beginning of it, or by its slug.
 * `undefined` if no mission has a state yet.
 *
 * @throws CommandError when no mission has that name, or several do.
 */
export async function missionNamed(name: string, engine: Engine): Promise<string | undefined> {
  if (WHOLE_KEY.test(name)) {
    return name;
  }
  const found: Mission[] = [];
  const others: Mission[] = [];
  for await (const projected of engine.states()) {
    const { featureSlug: slug = "", targetBranch: branch = "" } =
      projectedState(projected).namespace ?? {};
    const isNamed = slug === name || (name !== "" && projected.mission.startsWith(name));
    (isNamed ? found : others).push({ key: projected.mission, slug, branch });
  }
  if (found.length + others.length === 0) {
    return undefined;
  }
  const [first] = found;
  if (first === undefined) {
    throw choiceOf(others, `no mission named ${givenName(name)}; there are`);
  }
  if (found.length > 1) {
    throw choiceOf(found, `${found.length} missions named ${givenName(name)}; give the key of one`);
  }
  return first.key;
}

/** A mission as a person tells it from others: two may share a slug, and differ in their branch. */
type Mission = { readonly key: string; readonly slug: string; readonly branch: string };

function choiceOf(missions: readonly Mission[], problem: string): CommandError {
  const named = missions
    .toSorted((a, b) => compareCodePoints(a.slug, b.slug) || compareCodePoints(a.branch, b.branch))
    .slice(0, MOST_NAMED);
  const more = missions.length - named.length;
  const rows = named.map(({ key, slug, branch }) => [key, printable(slug), printable(branch)]);
  const lines = [
    problem,
    ...indent(columns(rows)),
    ...(more === 0 ? [] : indent([`and ${more} more`])),
  ];
  return new CommandError(lines.join("\n"), EXIT_CODES.misuse.code);
}
