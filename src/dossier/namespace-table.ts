import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { hashText, Slots } from "./hashing.js";
import type { NamespaceScope } from "./namespace.js";

/** No namespace: it is missing or malformed. */
export const NO_NAMESPACE = 0;

/** The namespaces of a stream, each known by an index of its own, counted from 1. */
export class NamespaceTable {
  private readonly known: Values[] = [];
  private readonly slots = new Slots();
  /** The group of each namespace, and of each group the index of its first namespace. */
  private readonly groups: number[] = [];
  private readonly firstOfGroup: number[] = [];
  private readonly groupSlots = new Slots();
  /** The fields that make two namespaces the same one. */
  private readonly identity: readonly Field[];
  // Mostly the namespace is that of the event before.
  private last = NO_NAMESPACE;

  constructor(scope: NamespaceScope) {
    this.identity = scope === "mission" ? FIELDS.slice(0, -1) : FIELDS;
  }

  /** The index of a namespace that the contract accepts. */
  indexOf(json: LocalNamespaceTupleJson): number {
    if (this.last === NO_NAMESPACE || !this.isKnownAs(this.last, json, FIELDS)) {
      this.last = this.find(json) ?? this.add(json);
    }
    return this.last;
  }

  /** The group that a namespace belongs or would belong to, `undefined` for a new one. */
  findGroup(json: LocalNamespaceTupleJson): number | undefined {
    if (this.last !== NO_NAMESPACE && this.isKnownAs(this.last, json, this.identity)) {
      return this.groupOf(this.last);
    }
    return this.groupSlots.find(hashOf(json, this.identity, this.groupSlots.seed), (group) =>
      this.isKnownAs(this.firstOfGroup[group] ?? NO_NAMESPACE, json, this.identity),
    );
  }

  /** All of them, in the order of their indexes. */
  get all(): readonly LocalNamespaceTupleJson[] {
    return this.known.map((_, index) => this.at(index + 1));
  }

  /** The namespace of an index, without unknown fields. */
  at(index: number): LocalNamespaceTupleJson {
    const values = this.valuesAt(index);
    const entries = FIELDS.map((field, position) => [field, values[position]] as const);
    const present = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    // The values of a namespace, under the names of its fields.
    return present as unknown as LocalNamespaceTupleJson;
  }

  /** The group of a namespace: those of one group are the same one in the scope. */
  groupOf(index: number): number {
    const group = this.groups[index - 1];
    if (group === undefined) {
      throw new RangeError(`there is no namespace ${index}`);
    }
    return group;
  }

  private find(json: LocalNamespaceTupleJson): number | undefined {
    const found = this.slots.find(hashOf(json, FIELDS, this.slots.seed), (index) =>
      this.isKnownAs(index + 1, json, FIELDS),
    );
    return found === undefined ? undefined : found + 1;
  }

  private add(json: LocalNamespaceTupleJson): number {
    const group = this.findGroup(json) ?? this.addGroup(json, this.known.length + 1);
    this.groups.push(group);
    this.slots.add(hashOf(json, FIELDS, this.slots.seed), this.known.length);
    return this.known.push(FIELDS.map((field) => json[field] ?? undefined));
  }

  private addGroup(json: LocalNamespaceTupleJson, first: number): number {
    const group = this.firstOfGroup.push(first) - 1;
    this.groupSlots.add(hashOf(json, this.identity, this.groupSlots.seed), group);
    return group;
  }

  private valuesAt(index: number): Values {
    const values = this.known[index - 1];
    if (values === undefined) {
      throw new RangeError(`there is no namespace ${index}`);
    }
    return values;
  }

  private isKnownAs(
    index: number,
    json: LocalNamespaceTupleJson,
    fields: readonly Field[],
  ): boolean {
    const values = this.valuesAt(index);
    // The last field differs most often.
    for (let position = fields.length - 1; position >= 0; position--) {
      if ((json[fields[position] as Field] ?? undefined) !== values[position]) {
        return false;
      }
    }
    return true;
  }
}

type Field = keyof LocalNamespaceTupleJson;
type Values = readonly (string | undefined)[];

/** All fields, the one that is not always part of the identity last. */
const STEP_FIELD = "step_id" satisfies Field;
const FIELDS = LocalNamespaceTupleSchema.fields
  .map(({ jsonName }) => jsonName as Field)
  .sort((a, b) => Number(a === STEP_FIELD) - Number(b === STEP_FIELD));

function hashOf(json: LocalNamespaceTupleJson, fields: readonly Field[], seed: number): number {
  return fields.reduce((hash, field) => hashText(json[field] ?? "", hash), seed);
}
