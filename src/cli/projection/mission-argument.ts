import { projectedState } from "../../projection/index.js";
import { CommandError, EXIT_CODES } from "../exit-codes.js";
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
  const found: string[] = [];
  const others: string[] = [];
  for await (const projected of engine.states()) {
    const slug = projectedState(projected).namespace?.featureSlug ?? "";
    const isNamed = slug === name || (name !== "" && projected.mission.startsWith(name));
    (isNamed ? found : others).push(`${projected.mission}  ${printable(slug)}`);
  }
  if (found.length + others.length === 0) {
    return undefined;
  }
  const [first] = found;
  if (first === undefined || found.length > 1) {
    const what = first === undefined ? "no mission" : `${found.length} missions`;
    const named = (first === undefined ? others : found).sort().slice(0, MOST_NAMED);
    const lines = named.map((each) => `  ${each}`);
    throw new CommandError(
      [`${what} named ${printable(name)}; there are`, ...lines].join("\n"),
      EXIT_CODES.misuse.code,
    );
  }
  return first.slice(0, first.indexOf(" "));
}
