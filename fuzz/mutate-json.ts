import fc from "fast-check";
import { DEPTHS, KEYS, TOKENS } from "./dictionary.js";
import { copyOf, type Slot, slotsOf, type Tree, token, treeOf } from "./json-tree.js";

/** One change of a JSON value. Places are numbers, of which only the rest by their count matters. */
export type Mutation =
  | { readonly op: "drop" | "repeat" | "asText" | "asNumber" | "tweak"; readonly at: number }
  | { readonly op: "copy" | "borrow" | "swap"; readonly at: number; readonly from: number }
  | { readonly op: "rename"; readonly at: number; readonly key: string }
  | { readonly op: "set"; readonly at: number; readonly text: string }
  | { readonly op: "add"; readonly at: number; readonly key: string; readonly text: string }
  | {
      readonly op: "wrap";
      readonly at: number;
      readonly key: string | undefined;
      readonly depth: number;
    }
  | { readonly op: "edit"; readonly at: number; readonly where: number; readonly text: string };

const at = fc.nat({ max: 9999 });

/** The text of some JSON value. */
export const anyToken: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...TOKENS.plain) },
  { weight: 2, arbitrary: fc.constantFrom(...TOKENS.numbers) },
  { weight: 3, arbitrary: fc.constantFrom(...TOKENS.texts) },
  { weight: 1, arbitrary: fc.constantFrom(...TOKENS.containers) },
  { weight: 1, arbitrary: fc.constantFrom(...TOKENS.deep) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
);

const anyKey: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant("drop" as const), at }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("repeat" as const), at }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant("borrow" as const), at, from: at }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("copy" as const), at, from: at }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("swap" as const), at, from: at }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constant("set" as const), at, text: anyToken }) },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant("add" as const), at, key: anyKey, text: anyToken }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("rename" as const), at, key: anyKey }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("asText" as const), at }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("asNumber" as const), at }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("tweak" as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("wrap" as const),
      at,
      key: fc.option(anyKey, { nil: undefined }),
      depth: fc.constantFrom(...DEPTHS.filter((depth) => depth <= 101)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("edit" as const),
      at,
      where: at,
      text: fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: "binary", maxLength: 3 })),
    }),
  },
);

/** JSON values that were valid ones before they were changed a little. */
export function mutatedTree(bases: readonly unknown[], maxMutations = 4): fc.Arbitrary<Tree> {
  const trees = bases.map(treeOf);
  return fc
    .tuple(fc.nat({ max: trees.length - 1 }), fc.array(mutation, { maxLength: maxMutations }))
    .map(([index, mutations]) => mutate(copyOf(trees[index] ?? token("null")), mutations));
}

/** Makes the changes one after the other, in place. */
export function mutate(tree: Tree, mutations: readonly Mutation[]): Tree {
  const root = { tree };
  for (const change of mutations) {
    const slots = slotsOf(root);
    const slot = slots[change.at % slots.length];
    if (slot !== undefined) {
      apply(change, slot, slots);
    }
  }
  return root.tree;
}

function apply(change: Mutation, slot: Slot, slots: readonly Slot[]): void {
  switch (change.op) {
    case "drop":
      splice(slot, 1);
      break;
    case "repeat":
      splice(slot, 0);
      break;
    case "copy":
      slot.set(copyOf(pick(slots, change.from)?.value ?? slot.value));
      break;
    case "borrow": {
      // Of the same name, and so mostly of the same kind, but of another place.
      const others = slots.filter((other) => other !== slot && other.key === slot.key);
      slot.set(copyOf(pick(others, change.from)?.value ?? slot.value));
      break;
    }
    case "swap": {
      const other = pick(slots, change.from);
      if (other !== undefined) {
        const [mine, its] = [copyOf(slot.value), copyOf(other.value)];
        other.set(mine);
        slot.set(its);
      }
      break;
    }
    case "rename":
      if (slot.holder?.within.kind === "object") {
        const member = slot.holder.within.members[slot.holder.index];
        if (member !== undefined) {
          member.key = change.key;
        }
      }
      break;
    case "set":
      slot.set(token(change.text));
      break;
    case "add":
      add(slot, change.key, token(change.text));
      break;
    case "wrap":
      slot.set(wrapped(slot.value, change.key, change.depth));
      break;
    default:
      if (slot.value.kind === "token") {
        slot.set(token(changedText(slot.value.text, change)));
      }
  }
}

function pick(slots: readonly Slot[], index: number): Slot | undefined {
  return slots[index % slots.length];
}

/** Takes a value away, or puts another one of the kind beside it. */
function splice({ holder, value, key = "" }: Slot, removed: 0 | 1): void {
  const list = holder?.within;
  const at = holder?.index ?? 0;
  if (list?.kind === "list") {
    list.items.splice(at, removed, ...(removed === 0 ? [copyOf(value)] : []));
  } else if (list?.kind === "object") {
    list.members.splice(at, removed, ...(removed === 0 ? [{ key, value: copyOf(value) }] : []));
  }
}

/** Adds to the value, or else to what holds it. */
function add({ value, holder }: Slot, key: string, added: Tree): void {
  const container = value.kind === "token" ? holder?.within : value;
  if (container?.kind === "list") {
    container.items.push(added);
  } else if (container?.kind === "object") {
    container.members.push({ key, value: added });
  }
}

function wrapped(tree: Tree, key: string | undefined, depth: number): Tree {
  let outer = tree;
  for (let level = 0; level < depth; level++) {
    outer =
      key === undefined
        ? { kind: "list", items: [outer] }
        : { kind: "object", members: [{ key, value: outer }] };
  }
  return outer;
}

function changedText(text: string, change: Mutation): string {
  const value: unknown = JSON.parse(text);
  switch (change.op) {
    case "asText":
      return JSON.stringify(text);
    case "asNumber":
      return typeof value === "string" && /^-?(?:0|[1-9][0-9]*)$/.test(value) ? value : "0";
    case "tweak":
      return typeof value === "number" ? tweakedNumber(text) : flippedCase(text, value);
    case "edit": {
      if (typeof value !== "string") {
        return text;
      }
      const where = change.where % (value.length + 1);
      // A place may lie within a pair of surrogates, which makes two lone ones of it.
      return JSON.stringify(value.slice(0, where) + change.text + value.slice(where + 1));
    }
    default:
      return text;
  }
}

function tweakedNumber(text: string): string {
  return /^-?[0-9]+$/.test(text) ? String(BigInt(text) + 1n) : "0";
}

function flippedCase(text: string, value: unknown): string {
  if (typeof value !== "string") {
    return text;
  }
  const upper = value.toUpperCase();
  return JSON.stringify(upper === value ? value.toLowerCase() : upper);
}
