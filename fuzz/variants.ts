import fc from "fast-check";
import { copyOf, type Slot, slotsOf, treeOf, treeText } from "./json-tree.js";
import { applied, type Change, change } from "./mutate-bytes.js";
import { type Mutation, mutate, mutation } from "./mutate-json.js";

// Where something went wrong once, something else may go wrong nearby.

type Variation = { readonly at: number; readonly json: Mutation; readonly bytes: Change };

const variation: fc.Arbitrary<Variation> = fc.record({
  at: fc.nat({ max: 9999 }),
  json: mutation,
  bytes: change,
});

/** Cases that are those given but for a few changes of the texts in them. */
export function variantsOf(cases: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...cases), fc.array(variation, { maxLength: 3 }))
    .map(([given, variations]) => variations.reduce(varied, given));
}

function varied(given: unknown, { at, json, bytes }: Variation): unknown {
  const root = { tree: copyOf(treeOf(given)) };
  const texts = slotsOf(root).filter(isVariable);
  const slot = texts[at % Math.max(1, texts.length)];
  if (slot !== undefined) {
    const text = textOf(slot);
    const other =
      slot.key === "base64"
        ? Buffer.from(applied(Buffer.from(text, "base64"), bytes)).toString("base64")
        : (mutatedJson(text, json) ?? text);
    slot.set({ kind: "token", text: JSON.stringify(other) });
  }
  return JSON.parse(treeText(root.tree));
}

function isVariable(slot: Slot): boolean {
  return slot.key === "base64" || /^[[{]/.test(textOf(slot));
}

function textOf({ value }: Slot): string {
  const json: unknown = value.kind === "token" ? JSON.parse(value.text) : undefined;
  return typeof json === "string" ? json : "";
}

/** The text with a change, where it is JSON. */
function mutatedJson(text: string, made: Mutation): string | undefined {
  try {
    return treeText(mutate(treeOf(JSON.parse(text)), [made]));
  } catch {
    return undefined;
  }
}
