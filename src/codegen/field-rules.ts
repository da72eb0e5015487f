import { type DescField, getOption, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import {
  type FieldRules,
  field as fieldOption,
  type MapRules,
  type RepeatedRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { type BytesRules, lengthRules } from "./bytes-schema.js";
import { allowedValues, type EnumRules, enumRules } from "./enum-schema.js";
import { integerTypes } from "./integer-types.js";
import {
  type AnyNumberRules,
  FLOAT_RULES,
  INTEGER_RULES,
  type NumberRules,
  numberRefusals,
  numberRules,
} from "./number-rules.js";
import { dialectDifference } from "./pattern-dialects.js";
import { NOT_YET, type Refusal, refusal, throwRefusals } from "./refusals.js";
import { setRules } from "./set-rules.js";
import {
  leavesString,
  REFUSED_STRING_RULES,
  STRING_RULES,
  type StringFacts,
  stringFacts,
} from "./string-rules.js";

/** The protovalidate rules of one value that this generator knows. */
export type KnownRules = {
  readonly required: boolean;
  readonly integer: NumberRules<bigint>;
  readonly float: NumberRules<number>;
  readonly bool: { readonly const?: boolean };
  readonly bytes: BytesRules;
  readonly enum: EnumRules;
  readonly string: StringFacts;
  readonly repeated: {
    readonly minItems?: number;
    readonly maxItems?: number;
    readonly unique?: boolean;
  };
  readonly map: { readonly minPairs?: number; readonly maxPairs?: number };
  /** Rules for the items of a list, or for the values of a map. */
  readonly elements: KnownRules | undefined;
  /** Rules for the keys of a map. */
  readonly keys: KnownRules | undefined;
};

const noRules: KnownRules = {
  required: false,
  integer: {},
  float: {},
  bool: {},
  bytes: {},
  enum: {},
  string: {},
  repeated: {},
  map: {},
  elements: undefined,
  keys: undefined,
};

/** The known rules for each type of field, by its name in `FieldRules`. */
export const knownRuleNames: ReadonlyMap<string, readonly string[]> = new Map([
  ...[...integerTypes.keys()].map((type) => [scalarRuleName(type), INTEGER_RULES] as const),
  ["float", FLOAT_RULES],
  ["double", FLOAT_RULES],
  ["bool", ["const"]],
  ["bytes", ["len", "min_len", "max_len"]],
  ["enum", ["const", "defined_only", "in", "not_in"]],
  ["string", [...STRING_RULES.keys()]],
  ["repeated", ["min_items", "max_items", "unique", "items"]],
  ["map", ["min_pairs", "max_pairs", "keys", "values"]],
]);

/**
 * Reads the rules of a field.
 *
 * @throws UnsupportedContractError for rules that this generator does not know.
 */
export function fieldRules(field: DescField): KnownRules {
  const { rules, refusals } = readRules(field);
  throwRefusals(refusals);
  return rules;
}

/** The rules of a field that this generator does not know. */
export function fieldRuleRefusals(field: DescField): readonly Refusal[] {
  return readRules(field).refusals;
}

function readRules(field: DescField): { rules: KnownRules; refusals: readonly Refusal[] } {
  const refusals: Refusal[] = [];
  const type =
    field.fieldKind === "list"
      ? "repeated"
      : field.fieldKind === "map"
        ? "map"
        : valueRuleName(field);
  const refuse = (rule: string, reason: string) => {
    refusals.push(refusal(field, rule, reason));
  };
  return { rules: known(field, getOption(field, fieldOption), type, "", refuse), refusals };
}

/** The name in `FieldRules` of the rules for a single value of a field. */
function valueRuleName(field: DescField): string | undefined {
  const { message, scalar } = field;
  if (message !== undefined) {
    return isWrapperDesc(message)
      ? scalarRuleName(message.fields[0].scalar)
      : WELL_KNOWN_RULES.get(message.typeName);
  }
  return scalar === undefined ? "enum" : scalarRuleName(scalar);
}

const WELL_KNOWN_RULES: ReadonlyMap<string, string> = new Map([
  ["google.protobuf.Any", "any"],
  ["google.protobuf.Duration", "duration"],
  ["google.protobuf.FieldMask", "field_mask"],
  ["google.protobuf.Timestamp", "timestamp"],
]);

function mapKeyRuleName(field: DescField): string | undefined {
  return field.fieldKind === "map" ? scalarRuleName(field.mapKey) : undefined;
}

function scalarRuleName(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}

/** Whether 0 and the empty string count as absent, and a field must be present. */
export function rejectsZero(field: DescField, rules: Pick<KnownRules, "required">): boolean {
  return rules.required && field.presence === FeatureSet_FieldPresence.IMPLICIT;
}

/**
 * @param typeName The name in `FieldRules` of the rules for this type. A runtime refuses
 *   rules for another type.
 * @param prefix The path of these rules within the rules of the field.
 */
function known(
  field: DescField,
  rules: FieldRules | undefined,
  typeName: string | undefined,
  prefix: string,
  refuse: (rule: string, reason: string) => void,
): KnownRules {
  if (rules === undefined) {
    return noRules;
  }
  const { type } = rules;
  for (const name of setRules(rules)) {
    if (name.startsWith("cel")) {
      refuse(`${prefix}${name}`, "is an expression, which JSON Schema cannot hold");
    } else if (name === "required" && prefix !== "") {
      refuse(`${prefix}${name}`, "is ignored for the elements of lists and maps");
    } else if (name !== "required" && name !== type.case) {
      refuse(`${prefix}${name}`, NOT_YET);
    }
  }
  const result = { ...noRules, required: rules.required };
  if (type.case === undefined) {
    return result;
  }
  if (type.case !== typeName) {
    refuse(`${prefix}${type.case}`, "does not fit the type of the field");
    return result;
  }
  const names = knownRuleNames.get(type.case) ?? [];
  const set = setRules(type.value);
  for (const name of set.filter((one) => !names.includes(one))) {
    const cannot = type.case === "string" ? REFUSED_STRING_RULES.get(name) : undefined;
    refuse(`${prefix}${type.case}.${name}`, cannot ?? NOT_YET);
  }
  const refuseRule = (name: string, reason: string) =>
    refuse(`${prefix}${type.case}.${name}`, reason);
  const refuseIfEmpty = (leavesNone: boolean) => {
    if (leavesNone) {
      refuse(`${prefix}${type.case}`, "leaves no value");
    }
  };
  switch (type.case) {
    case "string": {
      const difference = dialectDifference(type.value.pattern);
      if (difference !== undefined) {
        refuseRule("pattern", `has ${difference}, which RE2 and ECMAScript may read differently`);
        return result;
      }
      refuseIfEmpty(!leavesString(type.value, rejectsZero(field, result)));
      return { ...result, string: stringFacts(type.value) };
    }
    case "bool":
      refuseIfEmpty(set.includes("const") && !type.value.const && rejectsZero(field, result));
      return { ...result, bool: set.includes("const") ? { const: type.value.const } : {} };
    case "bytes": {
      const bytes = lengthRules(type.value);
      refuseIfEmpty(isEmpty(bytes.minLen, bytes.maxLen, rejectsZero(field, result)));
      return { ...result, bytes };
    }
    case "enum": {
      const rules = enumRules(type.value);
      const left = field.enum === undefined ? [] : allowedValues(field.enum, rules);
      if (!left.some(({ number }) => number !== 0 || !rejectsZero(field, result))) {
        refuse(`${prefix}enum`, "leaves no declared value");
      }
      return { ...result, enum: rules };
    }
    case "repeated": {
      const items = `${prefix}repeated.items.`;
      if (type.value.unique && !hasOneForm(field)) {
        refuseRule("unique", "compares values, and JSON has more than one form of one value");
      }
      const repeated = repeatedRules(type.value);
      refuseIfEmpty(isEmpty(repeated.minItems, repeated.maxItems, result.required));
      return {
        ...result,
        repeated,
        elements: known(field, type.value.items, valueRuleName(field), items, refuse),
      };
    }
    case "map": {
      const { keys, values } = type.value;
      const map = mapRules(type.value);
      refuseIfEmpty(isEmpty(map.minPairs, map.maxPairs, result.required));
      return {
        ...result,
        map,
        keys: known(field, keys, mapKeyRuleName(field), `${prefix}map.keys.`, refuse),
        elements: known(field, values, valueRuleName(field), `${prefix}map.values.`, refuse),
      };
    }
    default:
      return {
        ...result,
        ...numbers(type.case, type.value, rejectsZero(field, result), refuseRule),
      };
  }
}

/** Whether no length, or no count, is between the bounds. */
function isEmpty(min: number | undefined, max: number | undefined, nonZero: boolean): boolean {
  return max !== undefined && Math.max(min ?? 0, nonZero ? 1 : 0) > max;
}

function numbers(
  typeName: string,
  rules: FieldRules["type"]["value"],
  nonZero: boolean,
  refuse: (rule: string, reason: string) => void,
): Pick<KnownRules, "integer" | "float"> | undefined {
  const known = knownRuleNames.get(typeName);
  if (known !== INTEGER_RULES && known !== FLOAT_RULES) {
    return undefined;
  }
  // The rules for all types of numbers differ in the type of their numbers alone.
  const value = rules as AnyNumberRules;
  const set = setRules(value);
  const [integer] = [...integerTypes].find(([type]) => scalarRuleName(type) === typeName) ?? [];
  for (const [rule, reason] of numberRefusals(
    typeName,
    integer === undefined ? undefined : integerTypes.get(integer),
    value,
    set,
    nonZero,
  )) {
    refuse(rule, reason);
  }
  return known === INTEGER_RULES
    ? { integer: numberRules(value, set, BigInt), float: {} }
    : { integer: {}, float: numberRules(value, set, Number) };
}

/** Whether equal items of a list are equal in JSON: 1 and "1" may be one integer. */
function hasOneForm({ scalar }: DescField): boolean {
  return (
    scalar === ScalarType.STRING ||
    scalar === ScalarType.BOOL ||
    (scalar !== undefined && integerTypes.get(scalar)?.bits === 32)
  );
}

function repeatedRules(rules: RepeatedRules): KnownRules["repeated"] {
  const set = new Set(setRules(rules));
  return {
    ...(set.has("min_items") ? { minItems: Number(rules.minItems) } : {}),
    ...(set.has("max_items") ? { maxItems: Number(rules.maxItems) } : {}),
    ...(rules.unique ? { unique: true } : {}),
  };
}

function mapRules(rules: MapRules): KnownRules["map"] {
  const set = new Set(setRules(rules));
  return {
    ...(set.has("min_pairs") ? { minPairs: Number(rules.minPairs) } : {}),
    ...(set.has("max_pairs") ? { maxPairs: Number(rules.maxPairs) } : {}),
  };
}
