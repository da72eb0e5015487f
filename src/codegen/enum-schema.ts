import type { DescEnum, DescEnumValue } from "@bufbuild/protobuf";
import type { EnumRules as ProtoEnumRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { integerSchema } from "./integer-schema.js";
import { int32 } from "./integer-types.js";
import type { NumberRules } from "./number-rules.js";
import type { JsonSchema } from "./schema-text.js";
import { setRules } from "./set-rules.js";

/** The rules of an enum. They name its values by their numbers. */
export type EnumRules = Pick<NumberRules<bigint>, "in" | "notIn"> & {
  readonly definedOnly?: boolean;
};

/**
 * The schema of an enum: ProtoJSON has its values by name or by number. Unknown names are
 * rejected, and unknown numbers if the enum is closed or the rules say so.
 *
 * @param nonZero Whether 0 is rejected, too.
 */
export function enumSchema(desc: DescEnum, rules: EnumRules, nonZero: boolean): JsonSchema {
  const values = allowedValues(desc, rules).filter(({ number }) => !nonZero || number !== 0);
  const number: JsonSchema =
    desc.open && rules.definedOnly !== true
      ? integerSchema(int32, rules, nonZero)
      : { type: "integer", enum: [...new Set(values.map((value) => value.number))] };
  return values.length === 0
    ? number
    : { anyOf: [{ type: "string", enum: values.map(({ name }) => name) }, number] };
}

/** The declared values of an enum that its rules allow. */
export function allowedValues(desc: DescEnum, rules: EnumRules): DescEnumValue[] {
  return desc.values.filter(({ number }) => {
    const isListed = rules.in?.includes(BigInt(number)) ?? true;
    return isListed && rules.notIn?.includes(BigInt(number)) !== true;
  });
}

/** Reads the rules of an enum. */
export function enumRules(rules: ProtoEnumRules): EnumRules {
  const isConstant = setRules(rules).includes("const");
  const allowed = [rules.in, isConstant ? [rules.const] : []].filter(({ length }) => length > 0);
  return {
    ...(allowed.length === 0
      ? {}
      : {
          in: allowed
            .reduce((one, other) => one.filter((number) => other.includes(number)))
            .map(BigInt),
        }),
    ...(rules.notIn.length === 0 ? {} : { notIn: rules.notIn.map(BigInt) }),
    ...(rules.definedOnly ? { definedOnly: true } : {}),
  };
}
