import { type ChangeWords, TIGHTENED, WIDENED } from "./change-words.js";

/** One place in a schema that accepts other values than it used to. */
export type ChangedRule = {
  /** The place, as a JSON pointer into the schema with its references resolved. */
  readonly path: string;
  /** A description of the change, for people. */
  readonly change: string;
};

type Schema = { readonly [keyword: string]: unknown };

/** Keywords without effect on the accepted values. */
const ANNOTATIONS = new Set(["$schema", "$id", "$defs", "title", "description", "contentEncoding"]);
const LOWER_BOUNDS = ["minLength", "minimum", "minItems", "minProperties", "exclusiveMinimum"];
const UPPER_BOUNDS = ["maxLength", "maximum", "maxItems", "maxProperties", "exclusiveMaximum"];
/** Keywords whose value is a schema for a part of the JSON. */
const SUBSCHEMAS = ["items", "additionalProperties", "propertyNames"];
const HANDLED = new Set([
  ...ANNOTATIONS,
  ...LOWER_BOUNDS,
  ...UPPER_BOUNDS,
  ...SUBSCHEMAS,
  "$ref",
  "anyOf",
  "enum",
  "properties",
  "required",
  "type",
]);

/**
 * Compares two versions of a JSON Schema, and lists the places where the new one
 * may reject what the old one accepts. It knows the keywords that the generator
 * writes; a change of any other keyword counts as tightened.
 *
 * New properties are not counted, unless they are required.
 */
export function tightenedRules(before: unknown, now: unknown): ChangedRule[] {
  return [
    ...changedId(asSchema(before), asSchema(now)),
    ...new Comparison(asSchema(before), asSchema(now), TIGHTENED).compare(before, now, ""),
  ];
}

/**
 * Lists, in the same way, the places where the new version of a JSON Schema may accept values that
 * the old one rejects. It is for messages that consumers are given, since they know the old schema.
 */
export function widenedRules(before: unknown, now: unknown): ChangedRule[] {
  return [
    ...changedId(asSchema(before), asSchema(now)),
    ...new Comparison(asSchema(now), asSchema(before), WIDENED).compare(now, before, ""),
  ];
}

/** Another `$id` breaks every reference to the schema. */
function changedId({ $id: before }: Schema, { $id: now }: Schema): ChangedRule[] {
  return before === now
    ? []
    : [{ path: "", change: `$id is now ${JSON.stringify(now)}, was ${JSON.stringify(before)}` }];
}

/** Compares the schema `before` with `now`, which must accept all values that `before` accepts. */

class Comparison {
  constructor(
    private readonly beforeRoot: Schema,
    private readonly nowRoot: Schema,
    private readonly words: ChangeWords,
    /** The pairs already compared, if at least one of the two is a reference. */
    private readonly seen = new Set([JSON.stringify(["#", "#"])]),
  ) {}

  compare(beforeNode: unknown, nowNode: unknown, path: string): ChangedRule[] {
    if (nowNode === false) {
      return beforeNode === false ? [] : [{ path, change: this.words.nothing }];
    }
    const [beforeRef, nowRef] = [asSchema(beforeNode)["$ref"], asSchema(nowNode)["$ref"]];
    if (beforeRef !== undefined || nowRef !== undefined) {
      // A message may contain itself, so each pair is compared once.
      const pair = JSON.stringify([beforeRef ?? beforeNode, nowRef ?? nowNode]);
      if (this.seen.has(pair)) {
        return [];
      }
      this.seen.add(pair);
    }
    const before = resolve(this.beforeRoot, beforeNode);
    const now = resolve(this.nowRoot, nowNode);
    const { words } = this;
    return [
      ...types(before, now, path, words),
      ...literals(before, now, path, words),
      ...bounds(before, now, path, words),
      ...required(before, now, path, words),
      ...others(before, now, path, words),
      ...this.branches(before, now, path),
      ...this.parts(before, now, path),
    ];
  }

  private parts(before: Schema, now: Schema, path: string): ChangedRule[] {
    const beforeProperties = asSchema(before["properties"]);
    const nowProperties = asSchema(now["properties"]);
    const isClosed = now["additionalProperties"] === false;
    return [
      ...Object.keys(beforeProperties)
        .filter((name) => isClosed && !Object.hasOwn(nowProperties, name))
        .map((name) => ({ path: `${path}/properties/${name}`, change: this.words.nothing })),
      ...Object.keys(beforeProperties)
        .filter((name) => Object.hasOwn(nowProperties, name))
        .flatMap((name) =>
          this.compare(beforeProperties[name], nowProperties[name], `${path}/properties/${name}`),
        ),
      ...SUBSCHEMAS.filter((keyword) => now[keyword] !== undefined).flatMap((keyword) =>
        this.compare(before[keyword] ?? {}, now[keyword], `${path}/${keyword}`),
      ),
    ];
  }

  /** Each old branch needs a new branch that accepts the same values. */
  private branches(before: Schema, now: Schema, path: string): ChangedRule[] {
    if (!Array.isArray(now["anyOf"])) {
      return [];
    }
    const ofNow: unknown[] = now["anyOf"];
    const ofBefore = Array.isArray(before["anyOf"]) ? before["anyOf"] : [before];
    const areDigits = hasDigits(ofBefore) && hasDigits(ofNow);
    const nowBranches = areDigits ? ofNow.map(withoutPattern) : ofNow;
    const beforeBranches = areDigits ? ofBefore.map(withoutPattern) : ofBefore;
    return beforeBranches.flatMap((branch, index) => {
      const ofSameType = nowBranches.filter(
        (candidate) =>
          types(
            resolve(this.beforeRoot, branch),
            resolve(this.nowRoot, candidate),
            path,
            this.words,
          ).length === 0,
      );
      const attempts = (ofSameType.length > 0 ? ofSameType : nowBranches).map((candidate) =>
        new Comparison(this.beforeRoot, this.nowRoot, this.words, new Set(this.seen)).compare(
          branch,
          candidate,
          `${path}/anyOf/${index}`,
        ),
      );
      // The branch with the fewest changes is taken to be the same one.
      return attempts.reduce((best, next) => (next.length < best.length ? next : best));
    });
  }
}

function types(before: Schema, now: Schema, path: string, words: ChangeWords): ChangedRule[] {
  const allowed = typeList(now["type"]);
  if (allowed === undefined || Array.isArray(before["anyOf"])) {
    return allowed === undefined ? [] : [{ path, change: words.fixedType }];
  }
  const previous = typeList(before["type"]);
  if (previous === undefined) {
    return [{ path, change: words.types(allowed) }];
  }
  return previous
    .filter(
      (type) => !allowed.includes(type) && !(type === "integer" && allowed.includes("number")),
    )
    .map((type) => ({ path, change: words.type(type) }));
}

function literals(before: Schema, now: Schema, path: string, words: ChangeWords): ChangedRule[] {
  const allowed = now["enum"];
  if (!Array.isArray(allowed)) {
    return [];
  }
  const previous = before["enum"];
  if (!Array.isArray(previous)) {
    return [{ path, change: words.literals }];
  }
  return previous
    .filter((literal) => !allowed.includes(literal))
    .map((literal) => ({
      path,
      change: words.literal(JSON.stringify(literal)),
    }));
}

function bounds(before: Schema, now: Schema, path: string, words: ChangeWords): ChangedRule[] {
  const changes = (keywords: readonly string[], sign: 1 | -1): ChangedRule[] =>
    keywords.flatMap((keyword) => {
      const [previous, next] = [before[keyword], now[keyword]];
      if (typeof next !== "number" || isCovered(before, keyword, next, sign)) {
        return [];
      }
      const isTighter = typeof previous !== "number" || sign * next > sign * previous;
      return isTighter ? [{ path, change: words.bound(keyword, next, previous) }] : [];
    });
  return [...changes(LOWER_BOUNDS, 1), ...changes(UPPER_BOUNDS, -1)];
}

/** Whether a numeric bound is implied by the other one, which may be exclusive. */
function isCovered(before: Schema, keyword: string, next: number, sign: 1 | -1): boolean {
  const other = /^exclusive/.test(keyword)
    ? before[keyword === "exclusiveMinimum" ? "minimum" : "maximum"]
    : before[keyword === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum"];
  if (typeof other !== "number" || !/m(?:in|ax)imum$/i.test(keyword)) {
    return false;
  }
  return /^exclusive/.test(keyword) ? sign * other > sign * next : sign * other >= sign * next;
}

function required(before: Schema, now: Schema, path: string, words: ChangeWords): ChangedRule[] {
  const previous = before["required"];
  const next = now["required"];
  return (Array.isArray(next) ? next : [])
    .filter((name) => !Array.isArray(previous) || !previous.includes(name))
    .map((name) => ({ path, change: words.required(name) }));
}

function others(before: Schema, now: Schema, path: string, words: ChangeWords): ChangedRule[] {
  return Object.keys(now)
    .filter((keyword) => !HANDLED.has(keyword))
    .filter((keyword) => JSON.stringify(before[keyword]) !== JSON.stringify(now[keyword]))
    .map((keyword) => ({
      path,
      change: words.keyword(keyword, before[keyword] === undefined),
    }));
}

/**
 * Whether branches are those of a 64-bit integer: a number, or a string of digits. The pattern
 * of the digits states the bounds of the number again, and only the number can be compared.
 */
function hasDigits(branches: readonly unknown[]): boolean {
  const schemas = branches.map(asSchema);
  return (
    schemas.some(({ type }) => type === "integer") &&
    schemas.some(({ type, pattern }) => type === "string" && pattern !== undefined)
  );
}

function withoutPattern(branch: unknown): Schema {
  const { pattern: _, ...others } = asSchema(branch);
  return others;
}

function typeList(type: unknown): string[] | undefined {
  if (type === undefined) {
    return undefined;
  }
  return (Array.isArray(type) ? type : [type]).map(String);
}

function resolve(root: Schema, node: unknown): Schema {
  const schema = asSchema(node);
  const ref = schema["$ref"];
  if (typeof ref !== "string") {
    return schema;
  }
  return ref === "#" ? root : asSchema(asSchema(root["$defs"])[ref.replace("#/$defs/", "")]);
}

function asSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null ? (value as Schema) : {};
}
