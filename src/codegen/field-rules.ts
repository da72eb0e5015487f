import {
  type DescField,
  type DescMessage,
  type DescOneof,
  getOption,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldOption,
  type Int32Rules,
  type Int64Rules,
  type MapRules,
  message as messageOption,
  oneof as oneofOption,
  type RepeatedRules,
  RuleSchema,
  type StringRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** The protovalidate rules of one value that this generator knows. */
export type KnownRules = {
  readonly required: boolean;
  readonly integer: { readonly gte?: bigint; readonly lte?: bigint };
  readonly string: {
    readonly minLen?: number;
    readonly maxLen?: number;
    readonly pattern?: string;
    readonly in?: readonly string[];
    readonly uuid?: boolean;
  };
  readonly repeated: { readonly minItems?: number; readonly maxItems?: number };
  readonly map: { readonly minPairs?: number; readonly maxPairs?: number };
  /** Rules for the items of a list, or for the values of a map. */
  readonly elements: KnownRules | undefined;
  /** Rules for the keys of a map. */
  readonly keys: KnownRules | undefined;
};

/**
 * Raised for a rule that JSON Schema cannot express, or that the generator does not know
 * yet. A schema without the rule would accept values that every protovalidate runtime
 * rejects.
 */
export class UnsupportedRuleError extends Error {
  override readonly name = "UnsupportedRuleError";
  constructor(
    /** The full Protobuf name of the element with the rule. */
    readonly element: string,
    /** The rule, for example `string.prefix`. */
    readonly rule: string,
  ) {
    super(`${element}: the rule ${rule} cannot be written as JSON Schema`);
  }
}

const noRules: KnownRules = {
  required: false,
  integer: {},
  string: {},
  repeated: {},
  map: {},
  elements: undefined,
  keys: undefined,
};

/** The known rules for each type of field, by its name in `FieldRules`. */
const knownRuleNames = {
  int32: ["gte", "lte"],
  int64: ["gte", "lte"],
  string: ["min_len", "max_len", "pattern", "in", "uuid"],
  repeated: ["min_items", "max_items", "items"],
  map: ["min_pairs", "max_pairs", "keys", "values"],
} as const;

/**
 * Reads the rules of a field.
 *
 * @throws UnsupportedRuleError for a rule that this generator does not know.
 */
export function fieldRules(field: DescField): KnownRules {
  const type =
    field.fieldKind === "list"
      ? "repeated"
      : field.fieldKind === "map"
        ? "map"
        : valueRuleName(field);
  return known(field, getOption(field, fieldOption), type, "");
}

/**
 * Makes sure that a message carries no rules of its own.
 *
 * @throws UnsupportedRuleError for a rule of the message or of one of its oneofs.
 */
export function rejectMessageRules(desc: DescMessage): void {
  const rules = getOption(desc, messageOption);
  for (const name of setFields(rules, ruleDescriptor("MessageRules"))) {
    throw new UnsupportedRuleError(desc.typeName, `message.${name}`);
  }
  for (const oneof of desc.oneofs) {
    rejectOneof(desc, oneof);
  }
}

function rejectOneof(desc: DescMessage, oneof: DescOneof): never {
  const rules = getOption(oneof, oneofOption);
  throw new UnsupportedRuleError(
    `${desc.typeName}.${oneof.name}`,
    rules.required ? "oneof.required" : "oneof",
  );
}

/** The name in `FieldRules` of the rules for a single value of a field. */
function valueRuleName(field: DescField): string | undefined {
  const scalar =
    field.message !== undefined && isWrapperDesc(field.message)
      ? field.message.fields[0].scalar
      : field.scalar;
  return scalar === undefined ? undefined : scalarRuleName(scalar);
}

function mapKeyRuleName(field: DescField): string | undefined {
  return field.fieldKind === "map" ? scalarRuleName(field.mapKey) : undefined;
}

function scalarRuleName(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
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
): KnownRules {
  if (rules === undefined) {
    return noRules;
  }
  const fail = (rule: string): never => {
    throw new UnsupportedRuleError(`${field.parent.typeName}.${field.name}`, `${prefix}${rule}`);
  };
  for (const name of setFields(rules, FieldRulesSchema)) {
    if (name !== "required" && !(name in knownRuleNames)) {
      fail(name);
    }
  }
  // Runtimes ignore `required` for items of lists and maps.
  if (rules.required && prefix !== "") {
    fail("required");
  }
  const type = rules.type;
  const result = { ...noRules, required: rules.required };
  if (type.case === undefined) {
    return result;
  }
  if (type.case !== typeName) {
    fail(type.case);
  }
  const names: readonly string[] = knownRuleNames[type.case as keyof typeof knownRuleNames];
  for (const name of setFields(type.value, ruleDescriptor(type.value.$typeName))) {
    if (!names.includes(name)) {
      fail(`${type.case}.${name}`);
    }
  }
  switch (type.case) {
    case "int32":
    case "int64": {
      const integer = integerRules(type.value);
      const { gte, lte } = integer;
      // In protovalidate, swapped bounds exclude the values between them.
      return gte !== undefined && lte !== undefined && gte > lte
        ? fail(`${type.case}.gte_lte_exclusive`)
        : { ...result, integer };
    }
    case "string": {
      const string = stringRules(type.value);
      return isEcmaScript(string.pattern ?? "") ? { ...result, string } : fail("string.pattern");
    }
    case "repeated":
      return {
        ...result,
        repeated: repeatedRules(type.value),
        elements: known(field, type.value.items, valueRuleName(field), `${prefix}repeated.items.`),
      };
    case "map":
      return {
        ...result,
        map: mapRules(type.value),
        keys: known(field, type.value.keys, mapKeyRuleName(field), `${prefix}map.keys.`),
        elements: known(field, type.value.values, valueRuleName(field), `${prefix}map.values.`),
      };
    default:
      return fail(type.case);
  }
}

function integerRules(rules: Int32Rules | Int64Rules): KnownRules["integer"] {
  return {
    ...(rules.greaterThan.case === "gte" ? { gte: BigInt(rules.greaterThan.value) } : {}),
    ...(rules.lessThan.case === "lte" ? { lte: BigInt(rules.lessThan.value) } : {}),
  };
}

function stringRules(rules: StringRules): KnownRules["string"] {
  const set = new Set(setFields(rules, ruleDescriptor(rules.$typeName)));
  return {
    ...(set.has("min_len") ? { minLen: Number(rules.minLen) } : {}),
    ...(set.has("max_len") ? { maxLen: Number(rules.maxLen) } : {}),
    ...(set.has("pattern") ? { pattern: rules.pattern } : {}),
    ...(set.has("in") ? { in: rules.in } : {}),
    ...(rules.wellKnown.case === "uuid" && rules.wellKnown.value ? { uuid: true } : {}),
  };
}

/** Whether a pattern, written for RE2, is also valid in JSON Schema. */
function isEcmaScript(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

function repeatedRules(rules: RepeatedRules): KnownRules["repeated"] {
  const set = new Set(setFields(rules, ruleDescriptor(rules.$typeName)));
  return {
    ...(set.has("min_items") ? { minItems: Number(rules.minItems) } : {}),
    ...(set.has("max_items") ? { maxItems: Number(rules.maxItems) } : {}),
  };
}

function mapRules(rules: MapRules): KnownRules["map"] {
  const set = new Set(setFields(rules, ruleDescriptor(rules.$typeName)));
  return {
    ...(set.has("min_pairs") ? { minPairs: Number(rules.minPairs) } : {}),
    ...(set.has("max_pairs") ? { maxPairs: Number(rules.maxPairs) } : {}),
  };
}

/** The names of the fields that are set; unknown fields by their numbers. */
function setFields(message: Message, desc: DescMessage): string[] {
  const reflected = reflect(desc, message);
  return [
    ...desc.fields.filter((field) => reflected.isSet(field)).map((field) => field.name),
    ...(message.$unknown ?? []).map((field) => `#${field.no}`),
  ];
}

/** The descriptor of one of protovalidate's rule messages. */
function ruleDescriptor(name: string): DescMessage {
  const shortName = name.replace(/^buf\.validate\./, "");
  const desc = RuleSchema.file.messages.find((message) => message.name === shortName);
  if (desc === undefined) {
    throw new Error(`protovalidate has no message ${name}`);
  }
  return desc;
}
