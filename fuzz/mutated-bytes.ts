import fc from "fast-check";

/** Varints at the limits, tags of Protobuf, and the bytes of JSON, UTF-8 and gzip that matter. */
const TELLING: readonly string[] = [
  ..."00 7f 80 ff 0a00 0b 0c efbbbf eda080 efbfbd c080 f09f98 f4908080 1f8b".split(" "),
  ..."0a 0d 0d0a 22 5c 5b 5d 7b0a 7d 2c ffffffff07 ffffffff0f f8ffffff0f01".split(" "),
  ..."ffffffffffffff7f ffffffffffffffffff01 000000000000f07f 000000000000f87f".split(" "),
  "20".repeat(1100),
];

/** A replacement for a number of bytes: other bytes, or a copy of as many. */
type Edit = readonly [at: number, removed: number, added: Uint8Array | number];

const at = fc.nat({ max: 99_999 });
const length = fc.oneof(fc.constant(0), fc.nat({ max: 8 }), fc.nat({ max: 200 }));
const piece = fc.oneof(
  fc.constantFrom(...TELLING).map((hex): Uint8Array => Buffer.from(hex, "hex")),
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 3,
    arbitrary: piece.chain((added) =>
      fc.tuple(at, fc.constantFrom(0, added.length), fc.constant(added)),
    ),
  },
  { weight: 2, arbitrary: fc.tuple(at, length, length) },
  fc.tuple(at, fc.constant(Number.POSITIVE_INFINITY), fc.constant(0)),
);

/** Bytes, mutated a little. */
export function mutatedBytes(
  bases: fc.Arbitrary<Uint8Array>,
  maxEdits = 4,
): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  return fc
    .tuple(bases, fc.array(edit, { maxLength: maxEdits }))
    .map(([base, edits]) => edits.reduce(edited, Uint8Array.from(base)));
}

function edited(bytes: Uint8Array, [at, removed, added]: Edit): Uint8Array<ArrayBuffer> {
  const start = at % (bytes.length + 1);
  const before = bytes.subarray(0, start);
  const own = typeof added === "number" ? bytes.subarray(start, start + added) : added;
  return Uint8Array.from([...before, ...own, ...bytes.subarray(start + removed)]);
}
