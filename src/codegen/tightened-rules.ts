/** One place in a schema that rejects what the same place used to accept. */
export type TightenedRule = {
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
export function tightenedRules(before: unknown, now: unknown): TightenedRule[] {
  return new Comparison(asSchema(before), asSchema(now)).compare(before, now, "");
}

class Comparison {
  constructor(
    private readonly beforeRoot: Schema,
    private readonly nowRoot: Schema,
    /** The pairs already compared, if at least one of the two is a reference. */
    private readonly seen = new Set([JSON.stringify(["#", "#"])]),
  ) {}

  compare(beforeNode: unknown, nowNode: unknown, path: string): TightenedRule[] {
    if (nowNode === false) {
      return beforeNode === false ? [] : [{ path, change: "nothing is accepted" }];
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
    return [
      ...types(before, now, path),
      ...literals(before, now, path),
      ...bounds(before, now, path),
      ...required(before, now, path),
      ...others(before, now, path),
      ...this.branches(before, now, path),
      ...this.parts(before, now, path),
    ];
  }

  private parts(before: Schema, now: Schema, path: string): TightenedRule[] {
    const beforeProperties = asSchema(before["properties"]);
    const nowProperties = asSchema(now["properties"]);
    return [
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
  private branches(before: Schema, now: Schema, path: string): TightenedRule[] {
    const nowBranches = now["anyOf"];
    if (!Array.isArray(nowBranches)) {
      return [];
    }
    const beforeBranches = Array.isArray(before["anyOf"]) ? before["anyOf"] : [before];
    return beforeBranches.flatMap((branch, index) => {
      const ofSameType = nowBranches.filter(
        (candidate) =>
          types(resolve(this.beforeRoot, branch), resolve(this.nowRoot, candidate), path).length ===
          0,
      );
      const attempts = (ofSameType.length > 0 ? ofSameType : nowBranches).map((candidate) =>
        new Comparison(this.beforeRoot, this.nowRoot, new Set(this.seen)).compare(
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

function types(before: Schema, now: Schema, path: string): TightenedRule[] {
  const allowed = typeList(now["type"]);
  if (allowed === undefined || Array.isArray(before["anyOf"])) {
    return allowed === undefined ? [] : [{ path, change: "the type is fixed" }];
  }
  const previous = typeList(before["type"]);
  if (previous === undefined) {
    return [{ path, change: `only ${allowed.join(" or ")} is accepted` }];
  }
  return previous
    .filter(
      (type) => !allowed.includes(type) && !(type === "integer" && allowed.includes("number")),
    )
    .map((type) => ({ path, change: `${type} is no longer accepted` }));
}

function literals(before: Schema, now: Schema, path: string): TightenedRule[] {
  const allowed = now["enum"];
  if (!Array.isArray(allowed)) {
    return [];
  }
  const previous = before["enum"];
  if (!Array.isArray(previous)) {
    return [{ path, change: "only certain literals are accepted" }];
  }
  return previous
    .filter((literal) => !allowed.includes(literal))
    .map((literal) => ({
      path,
      change: `the literal ${JSON.stringify(literal)} is no longer accepted`,
    }));
}

function bounds(before: Schema, now: Schema, path: string): TightenedRule[] {
  const changes = (keywords: readonly string[], sign: 1 | -1): TightenedRule[] =>
    keywords.flatMap((keyword) => {
      const [previous, next] = [before[keyword], now[keyword]];
      const isTighter =
        typeof next === "number" && (typeof previous !== "number" || sign * next > sign * previous);
      return isTighter
        ? [{ path, change: `${keyword} is now ${next}, was ${previous ?? "not set"}` }]
        : [];
    });
  return [...changes(LOWER_BOUNDS, 1), ...changes(UPPER_BOUNDS, -1)];
}

function required(before: Schema, now: Schema, path: string): TightenedRule[] {
  const previous = before["required"];
  const next = now["required"];
  return (Array.isArray(next) ? next : [])
    .filter((name) => !Array.isArray(previous) || !previous.includes(name))
    .map((name) => ({ path, change: `${name} is now required` }));
}

function others(before: Schema, now: Schema, path: string): TightenedRule[] {
  return Object.keys(now)
    .filter((keyword) => !HANDLED.has(keyword))
    .filter((keyword) => JSON.stringify(before[keyword]) !== JSON.stringify(now[keyword]))
    .map((keyword) => ({
      path,
      change: before[keyword] === undefined ? `${keyword} is new` : `${keyword} has changed`,
    }));
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
