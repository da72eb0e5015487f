import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import type { NamespaceScope } from "./namespace.js";

/** No namespace: it is missing or malformed. */
export const NO_NAMESPACE = 0;

/** The namespaces of a stream, each known by an index of its own, counted from 1. */
export class NamespaceTable {
  private readonly known: LocalNamespaceTupleJson[] = [];
  private readonly indexes = new Map<string, number>();
  /** The group of each namespace, and the groups by what makes them one. */
  private readonly groups: number[] = [];
  private readonly groupIndexes = new Map<string, number>();
  /** The fields that make two namespaces the same one. */
  private readonly identity: readonly Field[];
  // Mostly the namespace is that of the event before.
  private last = NO_NAMESPACE;

  constructor(scope: NamespaceScope) {
    this.identity = scope === "mission" ? MISSION_FIELDS : FIELDS;
  }

  /** The index of a namespace that the contract accepts. */
  indexOf(json: LocalNamespaceTupleJson): number {
    if (!this.isLast(json)) {
      const key = keyOf(json, FIELDS);
      this.last = this.indexes.get(key) ?? this.add(json, key);
    }
    return this.last;
  }

  /** Forgets all namespaces but the first ones. */
  shrink(length: number): void {
    for (let json = this.popBeyond(length); json !== undefined; json = this.popBeyond(length)) {
      this.indexes.delete(keyOf(json, FIELDS));
      const group = this.groups.pop();
      if (group !== undefined && !this.groups.includes(group)) {
        this.groupIndexes.delete(keyOf(json, this.identity));
      }
      this.last = NO_NAMESPACE;
    }
  }

  /** The group that a namespace belongs or would belong to, `undefined` for a new one. */
  findGroup(json: LocalNamespaceTupleJson): number | undefined {
    return this.isLast(json)
      ? this.groupOf(this.last)
      : this.groupIndexes.get(keyOf(json, this.identity));
  }

  /** All of them, in the order of their indexes. */
  get all(): readonly LocalNamespaceTupleJson[] {
    return this.known;
  }

  /** The namespace of an index, without unknown fields. */
  at(index: number): LocalNamespaceTupleJson {
    const json = this.known[index - 1];
    if (json === undefined) {
      throw new RangeError(`there is no namespace ${index}`);
    }
    return json;
  }

  /** The group of a namespace: those of one group are the same one in the scope. */
  groupOf(index: number): number {
    const group = this.groups[index - 1];
    if (group === undefined) {
      throw new RangeError(`there is no namespace ${index}`);
    }
    return group;
  }

  private popBeyond(length: number): LocalNamespaceTupleJson | undefined {
    return this.known.length > length ? this.known.pop() : undefined;
  }

  private add(json: LocalNamespaceTupleJson, key: string): number {
    const identity = keyOf(json, this.identity);
    const group = this.groupIndexes.get(identity) ?? this.groupIndexes.size;
    this.groupIndexes.set(identity, group);
    this.groups.push(group);
    const present = FIELDS.filter((field) => typeof json[field] === "string");
    const copy = Object.fromEntries(present.map((field) => [field, json[field]]));
    // The fields of a namespace, as they were in one.
    const index = this.known.push(copy as unknown as LocalNamespaceTupleJson);
    this.indexes.set(key, index);
    return index;
  }

  private isLast(json: LocalNamespaceTupleJson): boolean {
    const last = this.known[this.last - 1];
    if (last === undefined) {
      return false;
    }
    for (const field of FIELDS) {
      if ((json[field] ?? undefined) !== last[field]) {
        return false;
      }
    }
    return true;
  }
}

type Field = keyof LocalNamespaceTupleJson;

const FIELDS = LocalNamespaceTupleSchema.fields.map(({ jsonName }) => jsonName as Field);
/** Without the field that says where in the mission an event was emitted. */
const MISSION_FIELDS = FIELDS.filter(
  (field) => field !== LocalNamespaceTupleSchema.field.stepId.jsonName,
);

/** One text for the same fields, and another for any others: each has its length before it. */
function keyOf(json: LocalNamespaceTupleJson, fields: readonly Field[]): string {
  let key = "";
  for (const field of fields) {
    const value = json[field];
    key += typeof value === "string" ? `${value.length}:${value}` : "-";
  }
  return key;
}
