import { getLocation, type Node, parseTree } from "jsonc-parser";
import type { ViolationPath } from "../event/errors/violation.js";
import type { Place } from "../stream/place.js";

/** Where the records of a text are. */
export class RecordPlaces {
  /** The items, if the text is one array; parsed when they are first needed. */
  private items: readonly Node[] | undefined;

  /**
   * @param places The places of its records, in their order.
   * @param lineStart The offset at which a line begins.
   */
  constructor(
    readonly text: string,
    private readonly places: readonly Place[],
    private readonly lineStart: (line: number) => number,
  ) {}

  /** Parses a record. Its offsets are those of the text. */
  record({ line, item }: Place): Node | undefined {
    if (item !== undefined) {
      this.items ??= parseTree(this.text)?.children ?? [];
      return this.items[item - 1];
    }
    const start = this.lineStart(line);
    const node = parseTree(this.text.slice(start));
    return node && moved(node, start);
  }

  /** The record that an offset is in, and the path from it to the field there. */
  fieldAt(offset: number): { readonly place: Place; readonly path: ViolationPath } | undefined {
    const place = this.places.findLast((each) => this.startOf(each) <= offset);
    if (place === undefined) {
      return undefined;
    }
    const start = place.item === undefined ? this.lineStart(place.line) : 0;
    const location = getLocation(this.text.slice(start), offset - start);
    // The first step within an array is the item.
    const path = place.item === undefined ? location.path : location.path.slice(1);
    return { place, path: path.at(-1) === "" ? path.slice(0, -1) : path };
  }

  private startOf(place: Place): number {
    return place.item === undefined
      ? this.lineStart(place.line)
      : (this.record(place)?.offset ?? Number.POSITIVE_INFINITY);
  }
}

/** A copy of a tree whose offsets are greater. */
function moved(node: Node, by: number, parent?: Node): Node {
  const { children, parent: _, ...rest } = node;
  const copy: Node = { ...rest, offset: node.offset + by };
  return Object.assign(copy, {
    ...(parent === undefined ? {} : { parent }),
    ...(children === undefined ? {} : { children: children.map((each) => moved(each, by, copy)) }),
  });
}
