import { applyEdits, type Edit, findNodeAtLocation, modify, type Node } from "jsonc-parser";
import type { ViolationPath } from "../event/errors/violation.js";
import { UNKNOWN_FIELD_VIOLATION } from "../event/errors/violation.js";
import { printable } from "../report/printable.js";
import type { Problem } from "./problem.js";

/** A change to a record's text that fixes a problem. */
export type Fix = { readonly label: string; readonly edit: Edit };

/**
 * The changes that fix a problem.
 *
 * @param record The record, parsed from the text.
 * @param literals The values that the contract allows for the field, if it lists them.
 */
export function fixesOf(
  { path, rule, suggestion, moves }: Problem,
  record: Node,
  text: string,
  literals: readonly string[],
): Fix[] {
  if (moves !== undefined) {
    const moved = movedText(text, record, moves);
    return moved === undefined ? [] : [{ label: "Move each value to its place", edit: moved }];
  }
  if (suggestion !== undefined && rule === "required") {
    const key = keyAt(record, [...path.slice(0, -1), suggestion]);
    return renamed(key, String(path.at(-1)));
  }
  if (suggestion !== undefined && rule === UNKNOWN_FIELD_VIOLATION) {
    return renamed(keyAt(record, path), suggestion);
  }
  const value = findNodeAtLocation(record, [...path]);
  const wanted = suggestion === undefined ? literals : [suggestion];
  return value === undefined
    ? []
    : wanted.map((literal) => ({
        label: `Replace with ${JSON.stringify(literal)}`,
        edit: { offset: value.offset, length: value.length, content: JSON.stringify(literal) },
      }));
}

/** The part of a record's text that a problem is about: its value, or the nearest key above it. */
export function rangeOf(path: ViolationPath, record: Node): { offset: number; length: number } {
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length);
    const node = length === path.length ? findNodeAtLocation(record, steps) : keyAt(record, steps);
    if (node !== undefined) {
      return node.type === "object" || node.type === "array"
        ? (keyAt(record, steps) ?? { offset: node.offset, length: 1 })
        : node;
    }
  }
  return { offset: record.offset, length: 1 };
}

function keyAt(record: Node, path: ViolationPath): Node | undefined {
  const parent = findNodeAtLocation(record, [...path])?.parent;
  return parent?.type === "property" ? parent.children?.[0] : undefined;
}

function renamed(key: Node | undefined, name: string): Fix[] {
  return key === undefined
    ? []
    : [
        {
          label: `Rename ${printable(JSON.stringify(key.value))} to ${JSON.stringify(name)}`,
          edit: { offset: key.offset, length: key.length, content: JSON.stringify(name) },
        },
      ];
}

function movedText(text: string, record: Node, moves: Problem["moves"]): Edit | undefined {
  const { offset, length } = record;
  let moved = text.slice(offset, offset + length);
  for (const { from, to } of moves ?? []) {
    const source = ["payload", ...from.split(".")];
    const value = findNodeAtLocation(record, source);
    if (value === undefined) {
      return undefined;
    }
    const json: unknown = JSON.parse(text.slice(value.offset, value.offset + value.length));
    moved = applyEdits(moved, modify(moved, source, undefined, {}));
    moved = applyEdits(moved, modify(moved, ["payload", ...to.split(".")], json, {}));
  }
  return { offset, length, content: moved };
}
