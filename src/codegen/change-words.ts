/** How a comparison of two schemas describes the differences that it finds. */
export type ChangeWords = {
  /** @param inner The stricter value, @param outer the looser one. */
  readonly bound: (keyword: string, inner: number, outer: unknown) => string;
  readonly literal: (text: string) => string;
  readonly literals: string;
  readonly nothing: string;
  readonly required: (name: string) => string;
  readonly type: (type: string) => string;
  readonly types: (types: readonly string[]) => string;
  readonly fixedType: string;
  /** For a keyword that the comparison does not know. */
  readonly keyword: (keyword: string, onOneSide: boolean) => string;
};

/** The new schema rejects values that the old one accepts. */
export const TIGHTENED: ChangeWords = {
  bound: (keyword, inner, outer) => `${keyword} is now ${inner}, was ${outer ?? "not set"}`,
  literal: (text) => `the literal ${text} is no longer accepted`,
  literals: "only certain literals are accepted",
  nothing: "nothing is accepted",
  required: (name) => `${name} is now required`,
  type: (type) => `${type} is no longer accepted`,
  types: (types) => `only ${types.join(" or ")} is accepted`,
  fixedType: "the type is fixed",
  keyword: (keyword, onOneSide) => `${keyword} ${onOneSide ? "is new" : "has changed"}`,
};

/** The new schema accepts values that the old one rejects. */
export const WIDENED: ChangeWords = {
  bound: (keyword, inner, outer) => `${keyword} is now ${outer ?? "not set"}, was ${inner}`,
  literal: (text) => `the literal ${text} is new`,
  literals: "texts other than certain literals are new",
  nothing: "any value is new",
  required: (name) => `${name} is no longer required`,
  type: (type) => `${type} is new`,
  types: (types) => `types other than ${types.join(" or ")} are new`,
  fixedType: "other types are new",
  keyword: (keyword, onOneSide) => `${keyword} ${onOneSide ? "is gone" : "has changed"}`,
};
