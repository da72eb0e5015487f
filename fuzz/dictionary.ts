import {
  ARTIFACT_CLASSES,
  DOSSIER_EVENT_TYPES,
  DRIFT_KINDS,
  EventSchema,
  LocalNamespaceTupleSchema,
  MissionDossierArtifactIndexedPayloadSchema,
} from "mission-dossier";

// What a blind generator would hardly ever hit upon.

const schemas = [
  EventSchema,
  LocalNamespaceTupleSchema,
  MissionDossierArtifactIndexedPayloadSchema,
] as const;

/** Keys that are special in JavaScript, in Protobuf for it, or in the contract. */
export const KEYS: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "1",
  "0",
  "",
  "$typeName",
  "$unknown",
  "toString",
  "toJSON",
  "then",
  "length",
  "hasOwnProperty",
  "__defineGetter__",
  "-1",
  "4294967295",
  " ",
  "a.b",
  '"]',
  "é",
  "😀",
  "\ud800",
  "\u0000",
  "\u2028",
  "\ufeff",
  "x".repeat(300),
  ...new Set(
    schemas.flatMap(({ fields }) =>
      fields.flatMap(({ jsonName, localName }) => [jsonName, localName]),
    ),
  ),
];

const TEXTS: readonly string[] = [
  ...KEYS,
  "\udc00",
  "a\udfff",
  "\ufffd",
  "null",
  "true",
  "NaN",
  "Infinity",
  "5",
  "05",
  "-0",
  "+1",
  "1.0",
  "1e3",
  "0x10",
  " 5",
  "9007199254740993",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "2026-02-24T09:02:11Z",
  "2026-02-24t09:02:11z",
  "2026-02-24T09:02:11",
  "2026-02-29T09:02:11Z",
  "2024-02-29T23:59:60+23:59",
  "0000-01-01T00:00:00+23:59",
  "0001-01-01T00:00:00-23:59",
  "9999-12-31T23:59:60-23:59",
  "2026-02-24T24:00:00Z",
  "2026-02-24 09:02:11Z",
  "2026-02-24T09:02:11.Z",
  `2026-02-24T09:02:11.${"0123456789".repeat(5)}Z`,
  `2026-02-24T09:02:11.${"0".repeat(200)}1Z`,
  "00000000000000000000000000",
  "ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
  "7zzzzzzzzzzzzzzzzzzzzzzzzz",
  "01KJPZ8V2M4T6R1E9C3H5N7QWA",
  "01KJPZ8V2M4T6R1E9C3H5N7QWI",
  "ee7c20f1-5d02-4f0e-9a5b-7e0f6f2c9d41",
  "EE7C20F15D024F0E9A5B7E0F6F2C9D41",
  "00000000-0000-0000-0000-000000000000",
  "speckitty.dossier.v1.Event",
  "missing_artifact",
  "mission",
  "step",
  "sha256",
  "1.0.0",
  "input ",
  "x".repeat(257),
  "\u{1f600}".repeat(1000),
  "long ".repeat(2 ** 13),
  ...DOSSIER_EVENT_TYPES,
  ...ARTIFACT_CLASSES,
  ...DRIFT_KINDS,
];

const NUMBERS: readonly string[] = [
  "0",
  "-0",
  "1",
  "-1",
  "5",
  "1.5",
  "1.0",
  "1E2",
  "0.1e1",
  "2147483647",
  "2147483648",
  "-2147483649",
  "4294967295",
  "4294967296",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "9223372036854774784",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551616",
  "1e308",
  "1e400",
  "-1e400",
  "1e-400",
  "5e-324",
];

/** How deep a nested value is: about the limits that there are, and beyond what a stack holds. */
export const DEPTHS: readonly number[] = [1, 2, 31, 32, 33, 34, 100, 101, 5000, 50_000];

/** Lists within each other. */
export function deepList(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

/** Objects within each other. */
export function deepObject(depth: number, key: string): string {
  const opening = `{${JSON.stringify(key)}:`;
  return `${opening.repeat(depth)}null${"}".repeat(depth)}`;
}

/** Texts of JSON values, kind by kind, the plain ones first. */
export const TOKENS = {
  plain: ["null", "true", "false", "[]", "{}", "0", '""', '"a"'],
  numbers: NUMBERS,
  texts: TEXTS.map((text) => JSON.stringify(text)),
  containers: [
    "[null]",
    "[[]]",
    '[""]',
    '{"":null}',
    '{"__proto__":{}}',
    '{"__proto__":null,"1":1,"0":0}',
    '{"a":1,"a":2}',
    '{"$typeName":"speckitty.dossier.v1.Event"}',
    `[${"0,".repeat(2000)}0]`,
    `[${"{},".repeat(500)}{}]`,
    `{${Array.from({ length: 1000 }, (_, index) => `"${index}":""`).join(",")}}`,
  ],
  deep: [
    ...DEPTHS.flatMap((depth) => [deepList(depth), deepObject(depth, "a")]),
    deepObject(40, "__proto__"),
  ],
} as const satisfies { readonly [kind: string]: readonly string[] };
