import type {
  DoubleRules,
  FloatRules,
  Int32Rules,
  Int64Rules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { IntegerType } from "./integer-types.js";
import { NOT_YET } from "./refusals.js";

/** The rules of protovalidate for numbers. Those of every type have the same names. */
export type AnyNumberRules = Int32Rules | Int64Rules | FloatRules | DoubleRules;

/** The rules of a number, as a schema has them. `const` is a list of one. */
export type NumberRules<T extends number | bigint> = {
  readonly gt?: T;
  readonly gte?: T;
  readonly lt?: T;
  readonly lte?: T;
  readonly in?: readonly T[];
  readonly notIn?: readonly T[];
  readonly finite?: boolean;
};

/** The supported rules for integers, by their names in protovalidate. */
export const INTEGER_RULES: readonly string[] = [
  ...["const", "lt", "lte", "gt", "gte", "in", "not_in"],
];
/** The supported rules for floating-point numbers, likewise. */
export const FLOAT_RULES: readonly string[] = [...INTEGER_RULES, "finite"];

/**
 * Reads the rules of a number.
 *
 * @param set The names of the rules that are set.
 * @param convert Makes a number of the type wanted.
 */
export function numberRules<T extends number | bigint>(
  rules: AnyNumberRules,
  set: readonly string[],
  convert: (value: number | bigint) => T,
): NumberRules<T> {
  const { greaterThan, lessThan } = rules;
  const allowed = set.includes("const") ? [rules.const] : rules.in;
  return {
    ...(greaterThan.case === undefined ? {} : { [greaterThan.case]: convert(greaterThan.value) }),
    ...(lessThan.case === undefined ? {} : { [lessThan.case]: convert(lessThan.value) }),
    ...(allowed.length === 0 ? {} : { in: allowed.map(convert) }),
    ...(rules.notIn.length === 0 ? {} : { notIn: rules.notIn.map(convert) }),
    ...("finite" in rules && rules.finite ? { finite: true } : {}),
  };
}

/** The smallest and the largest integer that the bounds allow. */
export function integerRange(
  type: IntegerType,
  rules: NumberRules<bigint>,
): { readonly min: bigint; readonly max: bigint } {
  const min = rules.gt === undefined ? (rules.gte ?? type.min) : rules.gt + 1n;
  const max = rules.lt === undefined ? (rules.lte ?? type.max) : rules.lt - 1n;
  return { min: min > type.min ? min : type.min, max: max < type.max ? max : type.max };
}

/**
 * The rules of a number that no schema is written for, with the reasons.
 *
 * @param nonZero Whether 0 is rejected, too.
 */
export function numberRefusals(
  typeName: string,
  type: IntegerType | undefined,
  rules: AnyNumberRules,
  set: readonly string[],
  nonZero: boolean,
): readonly (readonly [rule: string, reason: string])[] {
  const { greaterThan, lessThan } = rules;
  const lists: readonly (readonly [rule: string, values: readonly (number | bigint)[]])[] = [
    ...(set.includes("const") ? [["const", [rules.const]] as const] : []),
    ["in", rules.in],
    ["not_in", rules.notIn],
  ];
  const values = [
    ...[greaterThan, lessThan].map((bound) => [bound.case, bound.value, false] as const),
    ...lists.flatMap(([rule, list]) => list.map((value) => [rule, value, true] as const)),
  ];
  const refused = values.flatMap(([rule, value, isListed]) => {
    const reason = value === undefined ? undefined : valueRefusal(typeName, value, isListed);
    return rule === undefined || reason === undefined ? [] : [[rule, reason] as const];
  });
  if (set.includes("const") && set.includes("in")) {
    refused.push(["in", `beside ${typeName}.const ${NOT_YET}`]);
  }
  if (greaterThan.case !== undefined && lessThan.case !== undefined) {
    if (greaterThan.value > lessThan.value) {
      const place = `above ${typeName}.${lessThan.case}`;
      refused.push([greaterThan.case, `${place} excludes the values between, which ${NOT_YET}`]);
      return refused;
    }
  }
  const empty = emptyRule(type, rules, set, nonZero);
  if (empty !== undefined) {
    refused.push([empty, "leaves no value"]);
  }
  return refused;
}

/** The rule that leaves no value, if there is one. What is left beside `not_in` is not counted. */
function emptyRule(
  type: IntegerType | undefined,
  rules: AnyNumberRules,
  set: readonly string[],
  nonZero: boolean,
): string | undefined {
  const { greaterThan, lessThan } = rules;
  const bound = greaterThan.case ?? lessThan.case;
  if (type !== undefined) {
    const { min, max } = integerRange(type, numberRules(rules, set, BigInt));
    if (min > max || (nonZero && min === 0n && max === 0n)) {
      return bound;
    }
  } else if (greaterThan.case !== undefined && greaterThan.value === lessThan.value) {
    const isIncluded = greaterThan.case === "gte" && lessThan.case === "lte";
    if (!isIncluded || (nonZero && greaterThan.value === 0)) {
      return bound;
    }
  }
  const isConstant = set.includes("const");
  const listed: readonly (number | bigint)[] = isConstant ? [rules.const] : rules.in;
  const excluded: readonly (number | bigint)[] = rules.notIn;
  const isLeft = (value: number | bigint) =>
    !(greaterThan.case === "gt" && value <= greaterThan.value) &&
    !(greaterThan.case === "gte" && value < greaterThan.value) &&
    !(lessThan.case === "lt" && value >= lessThan.value) &&
    !(lessThan.case === "lte" && value > lessThan.value) &&
    !excluded.includes(value) &&
    !(nonZero && Number(value) === 0);
  return listed.length === 0 || listed.some(isLeft) ? undefined : isConstant ? "const" : "in";
}

/** The reason why a number in a rule is refused, if it is. */
function valueRefusal(
  typeName: string,
  value: number | bigint,
  isListed: boolean,
): string | undefined {
  if (typeof value === "bigint") {
    return isListed && !Number.isSafeInteger(Number(value))
      ? "has a number beyond 2^53, which many readers of JSON round"
      : undefined;
  }
  if (!Number.isFinite(value)) {
    return "is not a finite number, which JSON has no number for";
  }
  // JSON has a short decimal such as 0.1, of which a float is an approximation.
  const short = Number(value.toPrecision(7));
  return typeName === "float" && short !== value && Math.fround(short) === value
    ? `has ${short}, which a float does not hold exactly: use a double`
    : undefined;
}
