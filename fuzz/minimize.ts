import { copyOf, slotsOf, type Tree, treeOf, treeText } from "./json-tree.js";

// fast-check takes back what a case was made with, but what is left of a fixture stays.
// Here anything is taken away from the case itself.

/**
 * Makes a case smaller for as long as it still fails.
 *
 * @param fails Whether a case fails in the way that is looked for.
 */
export async function minimized(
  given: unknown,
  fails: (smaller: unknown) => Promise<boolean>,
): Promise<unknown> {
  let tree = treeOf(given);
  for (let improved = true; improved; ) {
    improved = false;
    for (let index = 0; index < slotsOf({ tree }).length; index++) {
      for (let smaller = 0; ; smaller++) {
        const candidate = smallerAt(tree, index, smaller);
        if (candidate === undefined) {
          break;
        }
        if (await fails(JSON.parse(treeText(candidate)))) {
          tree = candidate;
          improved = true;
          smaller = -1;
        }
      }
    }
  }
  return JSON.parse(treeText(tree));
}

/** A tree without something of the value at a place, one way after the other. */
function smallerAt(tree: Tree, index: number, way: number): Tree | undefined {
  const root = { tree: copyOf(tree) };
  const slot = slotsOf(root)[index];
  if (slot === undefined) {
    return undefined;
  }
  const value = slot.value;
  if (value.kind === "list") {
    if (way >= value.items.length) {
      return undefined;
    }
    value.items.splice(way, 1);
    return root.tree;
  }
  if (value.kind === "token") {
    const text: unknown = JSON.parse(value.text);
    const shorter = typeof text === "string" ? smallerText(text, way) : undefined;
    if (shorter === undefined) {
      return undefined;
    }
    slot.set({ kind: "token", text: JSON.stringify(shorter) });
    return root.tree;
  }
  // The members of a case are what its target asks for.
  return undefined;
}

/** A text that is JSON stays JSON. */
function smallerText(text: string, way: number): string | undefined {
  const json = containerOf(text);
  return json === undefined ? withoutPart(text, way) : smallerJson(json, way);
}

function containerOf(text: string): Tree | undefined {
  if (!/^[[{]/.test(text) || text.length > MAX_JSON) {
    return undefined;
  }
  try {
    return treeOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What is longer is so for a reason, such as to be deeper than a stack. */
const MAX_JSON = 20_000;

/** Without one of its members or items, at any depth, or with a short text for a long one. */
function smallerJson(json: Tree, way: number): string | undefined {
  const root = { tree: copyOf(json) };
  const slot = slotsOf(root)[Math.floor(way / 2) + 1];
  if (slot === undefined) {
    return undefined;
  }
  const { within, index } = slot.holder ?? {};
  if (way % 2 === 1) {
    const simple = simpler(slot.value);
    slot.set(simple);
  } else if (within?.kind === "list" && index !== undefined) {
    within.items.splice(index, 1);
  } else if (within?.kind === "object" && index !== undefined) {
    within.members.splice(index, 1);
  }
  const text = treeText(root.tree);
  // What is no smaller would be tried for ever.
  return text.length < treeText(json).length ? text : smallerJson(json, way + 1);
}

function simpler(value: Tree): Tree {
  return value.kind === "token" && /^"[^"\\]{2,}"$/.test(value.text)
    ? { kind: "token", text: value.text.slice(0, 2) + value.text.slice(-1) }
    : { kind: "token", text: "0" };
}

/** Without a half, a quarter, and so on to single units, each at every place. */
function withoutPart(text: string, way: number): string | undefined {
  let left = way;
  for (let parts = 2; parts <= 2 * text.length && parts <= MAX_PARTS; parts *= 2) {
    if (left < parts) {
      const size = Math.max(1, Math.floor(text.length / parts));
      const start = left * size;
      return start < text.length
        ? text.slice(0, start) + text.slice(start + size)
        : withoutPart(text, way + parts - left);
    }
    left -= parts;
  }
  return undefined;
}

const MAX_PARTS = 1024;
