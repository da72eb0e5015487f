import fc from "fast-check";
import {
  DOSSIER_EVENT_TYPES,
  EventSchema,
  LocalNamespaceTupleSchema,
  MissionDossierArtifactIndexedPayloadSchema,
} from "mission-dossier";

// Values that a blind generator hardly ever finds.

const schemas = [
  EventSchema,
  LocalNamespaceTupleSchema,
  MissionDossierArtifactIndexedPayloadSchema,
] as const;

/** Keys that are special in JavaScript, in Protobuf for it, or in the contract. */
export const KEYS: readonly string[] = [
  ..."__proto__ constructor 1 0 -1 4294967295 a.b é 😀 toString toJSON then length".split(" "),
  ...["$typeName", "$unknown", "", " ", '"]', "\ud800", "\u0000", "\ufeff", "x".repeat(300)],
  ...schemas.flatMap(({ fields }) =>
    fields.flatMap(({ jsonName, localName }) => [jsonName, localName]),
  ),
];

const TEXTS: readonly string[] = [
  ...[
    ...KEYS,
    ...DOSSIER_EVENT_TYPES,
    "\udc00",
    " 5",
    "\u{1f600}".repeat(1000),
    "2026-02-24 09:02",
  ],
  ..."null NaN Infinity 5 05 -0 +1 1.0 1e3 0x10 9007199254740993 9223372036854775808".split(" "),
  ..."2026-02-24T09:02:11Z 2026-02-24t09:02:11z 2026-02-24T09:02:11 2026-02-29T09:02:11Z".split(
    " ",
  ),
  ..."0000-01-01T00:00:00+23:59 2024-02-29T23:59:60+23:59 9999-12-31T23:59:60-23:59".split(" "),
  `2026-02-24T09:02:11.${"0123456789".repeat(20)}Z`,
  ..."ZZZZZZZZZZZZZZZZZZZZZZZZZZ 01KJPZ8V2M4T6R1E9C3H5N7QWA 7zzzzzzzzzzzzzzzzzzzzzzzzz".split(" "),
  ..."ee7c20f1-5d02-4f0e-9a5b-7e0f6f2c9d41 EE7C20F15D024F0E9A5B7E0F6F2C9D41 sha256".split(" "),
];

const INTEGERS = [31n, 32n, 53n, 63n, 64n].flatMap((bits) =>
  [-1n, 0n, 1n].map((near) => String(2n ** bits + near)),
);

/** Depths about the limits of the contract and of Protobuf, and beyond the stack. */
export const DEPTHS: readonly number[] = [1, 2, 31, 32, 33, 34, 100, 101, 5000, 50_000];

/** Lists, or objects with one key, within each other. */
export function nested(depth: number, inner = "[]", key?: string): string {
  const [open, close] = key === undefined ? ["[", "]"] : [`{${JSON.stringify(key)}:`, "}"];
  return open.repeat(depth) + inner + close.repeat(depth);
}

/** Any text of whole code points. */
export const anyText: fc.Arbitrary<string> = fc.string({
  unit: fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code).toWellFormed()),
});

/** The text of some JSON value. */
export const anyToken: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("null", "true", "false", "[]", "{}", "0", '""', '"a"', "[null]", '[""]'),
  fc.constantFrom(..."-0 1 -1 5 1.5 1.0 1E2 1e308 1e400 -1e400 5e-324".split(" "), ...INTEGERS),
  { weight: 2, arbitrary: fc.constantFrom(...TEXTS).map((text) => JSON.stringify(text)) },
  fc.constantFrom('{"":null}', '{"__proto__":{}}', '{"a":1,"a":2}', '{"1":1,"0":0}'),
  fc.constantFrom(`[${"0,".repeat(2000)}0]`, `[${"{},".repeat(500)}{}]`),
  fc
    .tuple(fc.constantFrom(...DEPTHS), fc.constantFrom(undefined, "a", "__proto__"))
    .map(([depth, key]) => nested(depth, "null", key)),
  anyText.map((text) => JSON.stringify(text)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.json({ maxDepth: 3 }),
);
