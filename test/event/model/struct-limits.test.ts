import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { copyOfPayload, payloadText } from "../../../src/event/model/struct-copy.js";
import { isJson, STRUCT_PROBLEMS, structProblem } from "../../../src/event/model/struct-limits.js";
import { structViolations } from "../../../src/event/model/struct-violations.js";

const half = "\ud800";

/** Levels of objects, of lists, or of both in turn. */
function nested(
  levels: number,
  kind: "objects" | "lists" | "both",
  leaf: unknown = "leaf",
): unknown {
  let json: unknown = leaf;
  for (let level = 0; level < levels; level++) {
    json = kind === "objects" || (kind === "both" && level % 2 === 0) ? { a: json } : [json];
  }
  return json;
}

test.each(["objects", "lists", "both"] as const)("%s may be 32 levels deep", (kind) => {
  expect(structProblem(nested(32, kind))).toBeUndefined();
  expect(structProblem(nested(33, kind))).toBe("depth");
  expect(structProblem({ before: 1, deep: nested(32, kind) })).toBe("depth");
  expect(structProblem(["before", nested(32, kind)])).toBe("depth");
});

test.each([
  ["nothing", undefined],
  ["null", null],
  ["a number", 1],
  ["a boolean", true],
  ["text", "😀"],
  ["an empty object", {}],
  ["an empty list", []],
  ["all of them", { a: [null, 1, true, "", {}], "😀": "😀" }],
])("%s is no problem", (_what, json) => {
  expect(structProblem(json)).toBeUndefined();
});

test.each([
  ["text", half],
  ["a value", { a: 1, b: half }],
  ["a value behind others", { a: "a", b: {}, c: [], d: { e: half } }],
  ["a key", { a: 1, [half]: 1 }],
  ["an item", ["a", half, "b"]],
  ["a value in an item", [1, [{ a: half }], 2]],
])("a lone surrogate is a problem as %s", (_what, json) => {
  expect(structProblem(json)).toBe("text");
});

test.each([
  ["1e400", "[1e400]"],
  ["-1e400", '{"a":-1e400}'],
])("%s, which becomes infinite, is a problem", (_text, json) => {
  expect(structProblem(JSON.parse(json))).toBe("number");
});

test("NaN is a problem as a number", () => {
  expect(structProblem({ a: { b: [Number.NaN] } })).toBe("number");
});

class Mine {
  readonly path = "p";
}

test.each([
  ["a date", new Date(0)],
  ["a map", new Map([["a", 1]])],
  ["bytes", Uint8Array.of(1)],
  ["an instance of a class", new Mine()],
  ["an object that inherits its fields", Object.create({ path: "p" })],
  ["an integer of any size", 1n],
  ["a symbol", Symbol("a")],
  ["a function", () => 1],
])("%s is a problem, since it is not JSON", (_what, value) => {
  expect(structProblem(value)).toBe("json");
  expect(structProblem({ a: [value] })).toBe("json");
  expect(isJson({ a: [value] })).toBe(false);
  // At any depth, and with other problems.
  expect(isJson({ a: Number.NaN, b: nested(100_000, "both", value) })).toBe(false);
});

test("an object that contains itself is a problem", () => {
  const cyclic: { self?: object } = {};
  cyclic.self = [cyclic];
  expect(structProblem(cyclic)).toBe("depth");
  expect(isJson(cyclic)).toBe(false);
});

test("the value of any JSON text is JSON, even if a Struct cannot carry it", () => {
  expect(isJson(nested(100_000, "both"))).toBe(true);
  expect(isJson({ [half]: [half, Number.POSITIVE_INFINITY] })).toBe(true);
  // An object in two places is not a cycle.
  const shared = { a: half };
  expect(isJson([shared, [shared], shared])).toBe(true);
});

const WHOLE = { field: "", path: [] };

test("every problem is a violation at its place", () => {
  const json = JSON.parse('{"a":[{"b":1e400},"c"],"\\ud800":{"d":"\\ud800"},"e":[]}');
  const found = [...structViolations({ ...json, deep: nested(32, "lists") }, WHOLE)];
  const deep = `deep${"[0]".repeat(31)}`;
  expect(found).toEqual([
    violation("a[0].b", ["a", 0, "b"], "number", Number.POSITIVE_INFINITY),
    violation('["\\ud800"]', [half], "text", { d: half }),
    violation('["\\ud800"].d', [half, "d"], "text", half),
    violation(deep, ["deep", ...Array(31).fill(0)], "depth", ["leaf"]),
  ]);
});

function violation(
  field: string,
  path: readonly (string | number)[],
  problem: keyof typeof STRUCT_PROBLEMS,
  inputValue: unknown,
) {
  return { field, path, message: STRUCT_PROBLEMS[problem], violationType: "type", inputValue };
}

test.each(["objects", "lists", "both"] as const)(
  "a copy of %s is cut where they are too deep, and rejected at the same place",
  (kind) => {
    const places = (json: unknown) => [...structViolations(json, WHOLE)].map(({ field }) => field);
    const deep = { a: nested(100_000, kind), b: half };
    const copy = copyOfPayload(deep);
    expect(places(copy)).toEqual(places(deep));
    expect(copyOfPayload(copy)).toEqual(copy);
    expect(copyOfPayload({ a: nested(31, kind) })).toEqual({ a: nested(31, kind) });
    expect(JSON.parse(payloadText(copy))).toEqual(copy);
  },
);

test.each([
  ['{"a":[1e400,-1e400,1,-0,-0.5,true,null,"\\ud800"],"":{}}', undefined],
  ['{"a":[null,1e400]}', { a: [undefined, Number.NaN] }],
])("the text of a copy is %s", (text, json) => {
  expect(payloadText(json ?? JSON.parse(text))).toBe(text);
});

test("plain objects are those of any realm, and those without a prototype", () => {
  expect(structProblem(runInNewContext("({ a: [{ b: 1 }] })"))).toBeUndefined();
  expect(structProblem(Object.assign(Object.create(null), { a: 1 }))).toBeUndefined();
});

test("each problem has its message", () => {
  expect(STRUCT_PROBLEMS).toEqual({
    depth: "must not be nested more than 32 levels deep",
    text: "must be Unicode text throughout, without lone surrogates",
    number: "must have finite numbers only",
    json: "must be JSON throughout, made of plain objects and lists",
  });
});

test("a copy is equal, shares nothing, and has no undefined members", () => {
  const json = JSON.parse('{"a":{"b":[1,null,{"c":"d"}],"__proto__":{"e":true}},"1":""}');
  const copy = copyOfPayload({ ...json, absent: undefined, within: { absent: undefined } });
  expect(JSON.stringify(copy)).toBe(JSON.stringify({ ...json, within: {} }));
  expect(Object.keys(copy)).toEqual(["1", "a", "within"]);
  Object.assign(json.a.b[2], { c: "changed" });
  json.a.b.push(1);
  expect(copy).toMatchObject({ a: { b: [1, null, { c: "d" }] } });
});
