import fc from "fast-check";

/** One change of bytes. Places are numbers, of which only the rest by the length matters. */
export type Change =
  | { readonly op: "set"; readonly at: number; readonly bytes: readonly number[] }
  | { readonly op: "insert"; readonly at: number; readonly bytes: readonly number[] }
  | { readonly op: "flip"; readonly at: number; readonly bit: number }
  | { readonly op: "remove"; readonly at: number; readonly length: number }
  | { readonly op: "repeat"; readonly at: number; readonly length: number }
  | { readonly op: "truncate"; readonly at: number };

const at = fc.nat({ max: 99_999 });
const length = fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 200 }));

/** Varints at the limits, tags of Protobuf, and the bytes of JSON and UTF-8 that matter. */
const TELLING: readonly (readonly number[])[] = [
  [0x00],
  [0x7f],
  [0x80],
  [0xff],
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x0a, 0x00],
  [0x0b],
  [0x0c],
  [0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01],
  [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf0, 0x7f],
  [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f],
  [0xef, 0xbb, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbf, 0xbd],
  [0xc0, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xf4, 0x90, 0x80, 0x80],
  [0x0a],
  [0x0d],
  [0x0d, 0x0a],
  [0x22],
  [0x5c],
  [0x5b],
  [0x5d],
  [0x7b, 0x0a],
  [0x7d],
  [0x2c],
  [0x1f, 0x8b],
  Array.from({ length: 1100 }, () => 0x20),
];

const bytes = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...TELLING) },
  { weight: 1, arbitrary: fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 8 }) },
);

export const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ op: fc.constant("set" as const), at, bytes }),
  fc.record({ op: fc.constant("insert" as const), at, bytes }),
  fc.record({ op: fc.constant("flip" as const), at, bit: fc.nat({ max: 7 }) }),
  fc.record({ op: fc.constant("remove" as const), at, length }),
  fc.record({ op: fc.constant("repeat" as const), at, length }),
  fc.record({ op: fc.constant("truncate" as const), at }),
);

/** Bytes that are those given but for a few changes. */
export function mutatedBytes(
  bases: fc.Arbitrary<Uint8Array>,
  maxChanges = 4,
): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(bases, fc.array(change, { maxLength: maxChanges }))
    .map(([base, changes]) => changes.reduce(applied, base));
}

/** Makes one change of some bytes. */
export function applied(base: Uint8Array, made: Change): Uint8Array {
  const place = base.length === 0 ? 0 : made.at % (base.length + (made.op === "insert" ? 1 : 0));
  switch (made.op) {
    case "set":
      return spliced(base, place, place + made.bytes.length, made.bytes);
    case "insert":
      return spliced(base, place, place, made.bytes);
    case "flip":
      return spliced(base, place, place + 1, [(base[place] ?? 0) ^ (1 << made.bit)]);
    case "remove":
      return spliced(base, place, place + made.length, []);
    case "repeat":
      return spliced(base, place, place, base.subarray(place, place + made.length));
    case "truncate":
      return base.slice(0, place);
  }
}

function spliced(
  base: Uint8Array,
  start: number,
  end: number,
  added: ArrayLike<number>,
): Uint8Array {
  const rest = base.subarray(Math.min(end, base.length));
  const result = new Uint8Array(start + added.length + rest.length);
  result.set(base.subarray(0, start));
  result.set(added, start);
  result.set(rest, start + added.length);
  return result;
}
