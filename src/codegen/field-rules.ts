import {
  type DescField,
  type DescMessage,
  getOption,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import {
  type FieldRules,
  field as fieldOption,
  type Int32Rules,
  type Int64Rules,
  type MapRules,
  type RepeatedRules,
  RuleSchema,
  type StringRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { dialectDifference } from "./pattern-dialects.js";
import { NOT_YET, type Refusal, refusal, throwRefusals } from "./refusals.js";

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
const knownRuleNames: ReadonlyMap<string, readonly string[]> = new Map([
  ["int32", ["gte", "lte"]],
  ["int64", ["gte", "lte"]],
  ["string", ["min_len", "max_len", "pattern", "in", "uuid"]],
  ["repeated", ["min_items", "max_items", "items"]],
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

/** Makes sure that all rules of the fields of messages are known, and names those that are not. */
export function checkFieldRules(messages: readonly DescMessage[]): void {
  throwRefusals(messages.flatMap(({ fields }) => fields.flatMap(fieldRuleRefusals)));
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
  for (const name of setRules(type.value)) {
    if (!names.includes(name)) {
      refuse(`${prefix}${type.case}.${name}`, NOT_YET);
    }
  }
  switch (type.case) {
    case "int32":
    case "int64": {
      const integer = integerRules(type.value);
      const { gte, lte } = integer;
      if (gte !== undefined && lte !== undefined && gte > lte) {
        const reason = `above ${type.case}.lte excludes the values between, which ${NOT_YET}`;
        refuse(`${prefix}${type.case}.gte`, reason);
      }
      return { ...result, integer };
    }
    case "string": {
      const string = stringRules(type.value);
      const difference = dialectDifference(string.pattern ?? "");
      if (difference !== undefined) {
        const reason = `has ${difference}, which RE2 and ECMAScript may read differently`;
        refuse(`${prefix}string.pattern`, reason);
        return result;
      }
      return { ...result, string };
    }
    case "repeated": {
      const items = `${prefix}repeated.items.`;
      return {
        ...result,
        repeated: repeatedRules(type.value),
        elements: known(field, type.value.items, valueRuleName(field), items, refuse),
      };
    }
    case "map": {
      const { keys, values } = type.value;
      return {
        ...result,
        map: mapRules(type.value),
        keys: known(field, keys, mapKeyRuleName(field), `${prefix}map.keys.`, refuse),
        elements: known(field, values, valueRuleName(field), `${prefix}map.values.`, refuse),
      };
    }
    default:
      return result;
  }
}

function integerRules(rules: Int32Rules | Int64Rules): KnownRules["integer"] {
  return {
    ...(rules.greaterThan.case === "gte" ? { gte: BigInt(rules.greaterThan.value) } : {}),
    ...(rules.lessThan.case === "lte" ? { lte: BigInt(rules.lessThan.value) } : {}),
  };
}

function stringRules(rules: StringRules): KnownRules["string"] {
  const set = new Set(setRules(rules));
  return {
    ...(set.has("min_len") ? { minLen: Number(rules.minLen) } : {}),
    ...(set.has("max_len") ? { maxLen: Number(rules.maxLen) } : {}),
    ...(set.has("pattern") ? { pattern: rules.pattern } : {}),
    ...(set.has("in") ? { in: rules.in } : {}),
    ...(rules.wellKnown.case === "uuid" && rules.wellKnown.value ? { uuid: true } : {}),
  };
}

function repeatedRules(rules: RepeatedRules): KnownRules["repeated"] {
  const set = new Set(setRules(rules));
  return {
    ...(set.has("min_items") ? { minItems: Number(rules.minItems) } : {}),
    ...(set.has("max_items") ? { maxItems: Number(rules.maxItems) } : {}),
  };
}

function mapRules(rules: MapRules): KnownRules["map"] {
  const set = new Set(setRules(rules));
  return {
    ...(set.has("min_pairs") ? { minPairs: Number(rules.minPairs) } : {}),
    ...(set.has("max_pairs") ? { maxPairs: Number(rules.maxPairs) } : {}),
  };
}

/** The names of the rules that are set in one of protovalidate's messages; unknown ones by number. */
export function setRules(message: Message): string[] {
  const desc = ruleDescriptor(message.$typeName);
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
