import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import type { NamespaceScope } from "./namespace.js";

/** No namespace: it is missing or malformed. */
export const NO_NAMESPACE = 0;

/** The namespaces of a stream, each known by an index of its own, counted from 1. */
export class NamespaceTable {
  private readonly root = new Branch();
  private readonly known: LocalNamespaceTupleJson[] = [];
  private readonly groups: number[] = [];
  private groupCount = 0;
  // Mostly the namespace is that of the event before.
  private lastIndex = NO_NAMESPACE;
  private readonly last = new Array<string | undefined>(FIELDS.length);

  /** @param scope Which namespaces are one, and so in one group. */
  constructor(private readonly scope: NamespaceScope) {}

  /** The index of a namespace that the contract accepts. */
  indexOf(json: LocalNamespaceTupleJson): number {
    if (this.lastIndex === NO_NAMESPACE || !this.isLast(json)) {
      this.lastIndex = this.lookUp(json);
    }
    return this.lastIndex;
  }

  /** The group that a namespace belongs or would belong to, `undefined` for a new one. */
  findGroup(json: LocalNamespaceTupleJson): number | undefined {
    if (this.lastIndex !== NO_NAMESPACE && this.isLast(json)) {
      return this.groupOf(this.lastIndex);
    }
    let branch: Branch | undefined = this.root;
    for (const field of this.scope === "mission" ? MISSION_FIELDS : FIELDS) {
      branch = branch?.branches.get(json[field] ?? undefined);
    }
    return branch?.group;
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

  private isLast(json: LocalNamespaceTupleJson): boolean {
    return FIELDS.every((field, index) => (json[field] ?? undefined) === this.last[index]);
  }

  private lookUp(json: LocalNamespaceTupleJson): number {
    let branch = this.root;
    for (const [index, field] of FIELDS.entries()) {
      if (field === STEP_FIELD && this.scope === "mission") {
        branch.group ??= this.groupCount++;
      }
      const value = json[field] ?? undefined;
      this.last[index] = value;
      branch = branch.next(value, this.scope === "mission" ? branch.group : undefined);
    }
    branch.group ??= this.groupCount++;
    if (branch.index === NO_NAMESPACE) {
      const present = FIELDS.map((field) => [field, json[field] ?? undefined] as const);
      const copy = Object.fromEntries(present.filter(([, value]) => value !== undefined));
      // The fields of a namespace, as they were in one.
      branch.index = this.known.push(copy as unknown as LocalNamespaceTupleJson);
      this.groups.push(branch.group);
    }
    return branch.index;
  }
}

/** All fields, the one that is not always part of the identity last. */
const STEP_FIELD = "step_id" satisfies keyof LocalNamespaceTupleJson;
const FIELDS = LocalNamespaceTupleSchema.fields
  .map(({ jsonName }) => jsonName as keyof LocalNamespaceTupleJson)
  .sort((a, b) => Number(a === STEP_FIELD) - Number(b === STEP_FIELD));

const MISSION_FIELDS = FIELDS.slice(0, -1);

/** The namespaces that have some first fields in common. */
class Branch {
  readonly branches = new Map<string | undefined, Branch>();
  index = NO_NAMESPACE;

  constructor(public group?: number) {}

  next(value: string | undefined, group: number | undefined): Branch {
    const known = this.branches.get(value);
    if (known !== undefined) {
      return known;
    }
    const branch = new Branch(group);
    this.branches.set(value, branch);
    return branch;
  }
}
