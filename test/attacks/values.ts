/** A class instance with the properties of another object. */
class Labelled {
  readonly label = "a";
  get computed(): string {
    return this.label;
  }
}

const cycle: { self?: unknown } = {};
cycle.self = cycle;
const cyclicList: unknown[] = [];
cyclicList.push(cyclicList);
const sparse: unknown[] = [];
sparse[3] = "a";

/** Values that are not JSON, by name. */
export const ODD_VALUES: { readonly [name: string]: unknown } = {
  "a bigint": 5n,
  "a bigint below zero": -5n,
  "a bigint of more than 64 bits": 2n ** 70n,
  "a symbol": Symbol("a"),
  "a function": () => "a",
  "a class": Labelled,
  "an instance of a class": new Labelled(),
  "a date": new Date(0),
  "an invalid date": new Date(Number.NaN),
  "a map": new Map([["a", "b"]]),
  "a set": new Set(["a"]),
  "a weak map": new WeakMap(),
  "a promise": Promise.resolve("a"),
  "an error": new Error("a"),
  "a regular expression": /a/,
  "a boxed string": Object("a"),
  "a boxed number": Object(5),
  "a boxed boolean": Object(true),
  "a boxed bigint": Object(5n),
  "a boxed symbol": Object(Symbol("a")),
  bytes: Uint8Array.of(1, 2),
  "a buffer of Node": Buffer.from("a"),
  "an array buffer": new ArrayBuffer(2),
  "an object without a prototype": Object.assign(Object.create(null), { a: "b" }),
  "an object with a symbol for a key": { [Symbol("a")]: "b" },
  "an object with a key that is not enumerable": Object.defineProperty({}, "a", { value: "b" }),
  "an object with an undefined member": { a: undefined },
  "an object with a symbol member": { a: Symbol("b") },
  "an object with a function member": { a: () => "b" },
  "an object with a bigint member": { a: 5n },
  "an object that contains itself": cycle,
  "a list that contains itself": cyclicList,
  "a list with holes": sparse,
  "a list of holes only": new Array(1000),
  "a list of undefined": [undefined],
  "a list of a symbol": [Symbol("a")],
  "a list of boxed strings": [Object("a")],
  "a list with a named property": Object.assign(["a"], { name: "b" }),
  "a frozen object": Object.freeze({ a: "b" }),
  "a frozen list": Object.freeze(["a"]),
  "a proxy of an object": new Proxy({ a: "b" }, {}),
  "a proxy of a list": new Proxy(["a"], {}),
  "a getter": Object.defineProperty({}, "a", { enumerable: true, get: () => "b" }),
  "an object with its own toString": { toString: () => "a", valueOf: () => 5 },
  "an object with its own toJSON": { toJSON: () => "a" },
  "an object whose toString fails": {
    toString: () => {
      throw new Error("no text");
    },
  },
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  undefined,
};

/** Functions that `String` cannot convert. */
export const UNPRINTABLE: { readonly [name: string]: unknown } = {
  "a function without a prototype": Object.setPrototypeOf(() => "a", null),
  "a function whose toString fails": Object.assign(() => "a", {
    toString: () => {
      throw new TypeError("no text");
    },
  }),
};
