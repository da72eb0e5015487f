import type { JsonObject } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import { Acme, describeValue, document, type Value } from "./acme.js";

let acme: Acme;
beforeAll(async () => {
  acme = await Acme.create();
});

describe("every scalar type takes the values that ProtoJSON takes", () => {
  const loneSurrogate = "\ud800";
  const values: readonly Value[] = [
    ...[undefined, null, true, false, [], ["a"], {}, { a: 1 }],
    ...[0, -0, 1, -1, 1.5, 1e3, 1e300, 5e-324, 3.5e38, -3.5e38],
    ...[2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32 - 1, 2 ** 32],
    ...[2 ** 53, 2 ** 53 + 2, 2 ** 63 - 1024, 2 ** 63, -(2 ** 63), -(2 ** 63) - 2048],
    ...[2 ** 64 - 2048, 2 ** 64],
    ...["", "a", "é😀", loneSurrogate, "true", "NaN", "Infinity", "-Infinity", "infinity"],
    ...["0", "-0", "1", "-1", "01", "+1", " 1", "1 ", "1.5", "1e3", "0x10", "1n"],
    ...["2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296"],
    ...["9223372036854775807", "9223372036854775808", "-9223372036854775808"],
    ...["-9223372036854775809", "18446744073709551615", "18446744073709551616"],
    ...["AQI=", "AQI", "AQ==", "AQ", "AQID", "A-_w", "A+/w", "A", "=", "==", "AQ=", "AQ==AQ=="],
    ...["A Q=", "AQI=\n", "AQIDA", "A*QI"],
  ];
  const all = {
    aBool: true,
    aString: "a",
    aBytes: "AQ==",
    aDouble: 1,
    aFloat: 1,
    aInt32: 1,
    aSint32: 1,
    aSfixed32: 1,
    aUint32: 1,
    aFixed32: 1,
    aInt64: 1,
    aSint64: 1,
    aSfixed64: 1,
    aUint64: 1,
    aFixed64: 1,
  };

  /** Whether the schema rejects on purpose what protobuf-es reads. */
  function isStricter(field: string, value: Value): boolean {
    // Nothing but JSON numbers, and decimal digits in the one form that has no
    // second spelling; other readers of ProtoJSON take more, and not the same.
    if (/32$/.test(field)) {
      return typeof value === "string";
    }
    if (/64$/.test(field)) {
      return typeof value === "string" && !/^(?:0|-?[1-9][0-9]*)$/.test(value);
    }
    if (/^a(?:Double|Float)$/.test(field)) {
      // JSON Schema knows one zero only.
      return typeof value === "string" || Object.is(value, -0);
    }
    return field === "aBytes" && /[\s=]/.test(String(value));
  }

  const places: { message: string; base?: JsonObject; put: (value: Value) => Value }[] = [
    { message: "Plain", put: (value) => value },
    { message: "Optional", put: (value) => value },
    { message: "RequiredOptional", base: all, put: (value) => value },
    { message: "RequiredPlain", base: all, put: (value) => value },
    { message: "Wrapped", put: (value) => value },
    { message: "Repeated", put: (value) => (value === undefined ? value : [value]) },
    { message: "MapValues", put: (value) => (value === undefined ? value : { key: value }) },
    // The values become keys, which are always text.
    { message: "MapKeys", put: (value) => ({ [String(value)]: true }) },
  ];
  test.for(places)("in $message", ({ message, base, put }) => {
    const unexplained = acme.descriptor(message).fields.flatMap(({ jsonName }) =>
      values.flatMap((value) => {
        const json = document({ ...base, [jsonName]: put(value) });
        const schema = acme.schemaAccepts(message, json);
        const stock = acme.stockAccepts(message, json);
        const isExplained =
          schema === stock ||
          (stock && isStricter(jsonName, message === "MapKeys" ? String(value) : value)) ||
          // A JSON Schema cannot see that a string is no Unicode text.
          (schema && JSON.stringify(json).includes(JSON.stringify(loneSurrogate)));
        return isExplained ? [] : [`${jsonName} ${describeValue(value)}: schema says ${schema}`];
      }),
    );
    expect(unexplained).toEqual([]);
  });

  test.for<[name: keyof typeof all, accepted: Value[], rejected: Value[]]>([
    ["aBool", [true, false], ["true", 0, 1]],
    ["aString", ["", "a", "\u0000"], [0, true]],
    ["aBytes", ["", "AQI=", "AQI", "A-_w", "A+/w"], ["A", "A*QI", "=", 0]],
    ["aDouble", [0, -1.5, 1e300, "NaN", "Infinity", "-Infinity"], ["1.5", "nan", true]],
    ["aFloat", [0, -1.5, 3.4e38, "NaN"], [3.5e38, -3.5e38, "1.5"]],
    ["aInt32", [-(2 ** 31), 0, 2 ** 31 - 1], [-(2 ** 31) - 1, 2 ** 31, 0.5, "1"]],
    ["aSint32", [-(2 ** 31), 0, 2 ** 31 - 1], [-(2 ** 31) - 1, 2 ** 31, 0.5, "1"]],
    ["aSfixed32", [-(2 ** 31), 0, 2 ** 31 - 1], [-(2 ** 31) - 1, 2 ** 31, 0.5, "1"]],
    ["aUint32", [0, 2 ** 32 - 1], [-1, 2 ** 32, 0.5, "1"]],
    ["aFixed32", [0, 2 ** 32 - 1], [-1, 2 ** 32, 0.5, "1"]],
    ["aInt64", [0, -(2 ** 63), "9223372036854775807"], [2 ** 63, "9223372036854775808", "01"]],
    ["aSint64", [0, -(2 ** 63), "9223372036854775807"], [2 ** 63, "9223372036854775808", "-0"]],
    ["aSfixed64", [0, -(2 ** 63), "9223372036854775807"], [2 ** 63, "9223372036854775808", ""]],
    ["aUint64", [0, 2 ** 63, "18446744073709551615"], [-1, 2 ** 64, "18446744073709551616"]],
    ["aFixed64", [0, 2 ** 63, "18446744073709551615"], [-1, 2 ** 64, "18446744073709551616"]],
  ])("%s", ([field, accepted, rejected]) => {
    const verdicts = (message: string, list: readonly Value[]) =>
      list.map((value) => [value, acme.schemaAccepts(message, { ...all, [field]: value })]);
    for (const message of ["Plain", "Optional", "RequiredOptional"]) {
      expect(verdicts(message, accepted)).toEqual(accepted.map((value) => [value, true]));
      expect(verdicts(message, rejected)).toEqual(rejected.map((value) => [value, false]));
    }
  });

  const zeros = {
    aBool: [false],
    aString: [""],
    aBytes: [""],
    aDouble: [0],
    aFloat: [0],
    aInt32: [0],
    aSint32: [0],
    aSfixed32: [0],
    aUint32: [0],
    aFixed32: [0],
    aInt64: [0, "0"],
    aSint64: [0, "0"],
    aSfixed64: [0, "0"],
    aUint64: [0, "0"],
    aFixed64: [0, "0"],
  } satisfies { [K in keyof typeof all]: Value[] };
  test.for(Object.entries(zeros))(
    "a required %s may be zero only with presence",
    ([field, list]) => {
      for (const zero of list) {
        expect(acme.schemaAccepts("RequiredOptional", { ...all, [field]: zero })).toBe(true);
        expect(acme.schemaAccepts("RequiredPlain", { ...all, [field]: zero })).toBe(false);
      }
      for (const message of ["RequiredOptional", "RequiredPlain"]) {
        expect(acme.schemaAccepts(message, all)).toBe(true);
        expect(acme.schemaAccepts(message, document({ ...all, [field]: undefined }))).toBe(false);
        expect(acme.schemaAccepts(message, { ...all, [field]: null })).toBe(false);
      }
    },
  );
});
