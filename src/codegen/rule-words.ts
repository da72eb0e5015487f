import type { DescEnum } from "@bufbuild/protobuf";
import type { EnumRules } from "./enum-schema.js";
import type { NumberRules } from "./number-rules.js";

/** The rules of a number in words. */
export function numberWords(rules: NumberRules<bigint> | NumberRules<number>): string[] {
  const { gt, gte, lt, lte, finite } = rules;
  return [
    listWords("one of", rules.in),
    listWords("none of", rules.notIn),
    gt === undefined ? undefined : `more than ${gt}`,
    gte === undefined ? undefined : `at least ${gte}`,
    lt === undefined ? undefined : `less than ${lt}`,
    lte === undefined ? undefined : `at most ${lte}`,
    finite === true ? "finite" : undefined,
  ].filter((text) => text !== undefined);
}

/** The rules of an enum in words, with the names of its values where they have one. */
export function enumWords(desc: DescEnum, rules: EnumRules): string[] {
  const name = (number: bigint) => desc.value[Number(number)]?.name ?? number;
  return [
    listWords("one of", rules.in?.map(name)),
    listWords("none of", rules.notIn?.map(name)),
    rules.definedOnly === true ? "a declared value" : undefined,
  ].filter((text) => text !== undefined);
}

function listWords(
  words: string,
  values: readonly (string | number | bigint)[] | undefined,
): string | undefined {
  return values === undefined
    ? undefined
    : `${words} ${values.map((value) => `\`${value}\``).join(", ")}`;
}
