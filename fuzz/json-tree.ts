/**
 * A JSON value as it stands in text: with any key any number of times, and with numbers
 * that a number of JavaScript does not hold.
 */
export type Tree =
  /** JSON text that is taken as it is. */
  | { readonly kind: "token"; text: string }
  | { readonly kind: "list"; readonly items: Tree[] }
  | { readonly kind: "object"; readonly members: Member[] };

export type Member = { key: string; value: Tree };

/** A place in a tree, where a value can be replaced. */
export type Slot = {
  readonly key: string | undefined;
  readonly value: Tree;
  readonly set: (value: Tree) => void;
  /** What holds it, and where. */
  readonly holder: { readonly within: Tree; readonly index: number } | undefined;
};

export function treeOf(json: unknown): Tree {
  if (Array.isArray(json)) {
    return { kind: "list", items: json.map(treeOf) };
  }
  if (typeof json === "object" && json !== null) {
    const members = Object.entries(json).map(([key, value]) => ({ key, value: treeOf(value) }));
    return { kind: "object", members };
  }
  return token(numberText(json) ?? JSON.stringify(json) ?? "null");
}

/** The text of a number that `JSON.parse` gives back, where `JSON.stringify` has another. */
function numberText(json: unknown): string | undefined {
  if (json === Number.POSITIVE_INFINITY) {
    return "1e400";
  }
  if (json === Number.NEGATIVE_INFINITY) {
    return "-1e400";
  }
  return Object.is(json, -0) ? "-0" : undefined;
}

export function token(text: string): Tree {
  return { kind: "token", text };
}

export function treeText(tree: Tree): string {
  switch (tree.kind) {
    case "token":
      return tree.text;
    case "list":
      return `[${tree.items.map(treeText).join(",")}]`;
    case "object":
      return `{${tree.members
        .map(({ key, value }) => `${JSON.stringify(key)}:${treeText(value)}`)
        .join(",")}}`;
  }
}

export function copyOf(tree: Tree): Tree {
  switch (tree.kind) {
    case "token":
      return { ...tree };
    case "list":
      return { kind: "list", items: tree.items.map(copyOf) };
    case "object":
      return {
        kind: "object",
        members: tree.members.map(({ key, value }) => ({ key, value: copyOf(value) })),
      };
  }
}

/** All the places of a tree, the root first. */
export function slotsOf(root: { tree: Tree }): Slot[] {
  const slots: Slot[] = [];
  const visit = (slot: Slot): void => {
    slots.push(slot);
    const within = slot.value;
    if (within.kind === "list") {
      within.items.forEach((value, index) => {
        const set = (other: Tree): void => void within.items.splice(index, 1, other);
        visit({ key: undefined, value, set, holder: { within, index } });
      });
    } else if (within.kind === "object") {
      within.members.forEach((member, index) => {
        const set = (other: Tree): void => {
          member.value = other;
        };
        visit({ key: member.key, value: member.value, set, holder: { within, index } });
      });
    }
  };
  const set = (other: Tree): void => {
    root.tree = other;
  };
  visit({ key: undefined, value: root.tree, set, holder: undefined });
  return slots;
}
