import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { MissionDossierSnapshotComputedPayloadSchema as PayloadSchema } from "../../../../gen/speckitty/dossier/v1/payloads_pb.js";
import { LocalNamespaceTupleSchema } from "../../../../gen/speckitty/dossier/v1/values_pb.js";
import {
  messageFromBinary,
  messageToBinary,
} from "../../../../src/event/codec/protobuf-es/message-binary.js";
import { lengthDelimited, tag, varint } from "../../../attacks/wire.js";

// Each workaround in codec/protobuf-es, beside the behavior of @bufbuild/protobuf that it
// corrects. If a test fails at a line about stock Protobuf, a new version behaves better, and
// the workaround may go.

const text = LocalNamespaceTupleSchema.field.featureSlug;
const map = PayloadSchema.field.contextDiagnostics;
const message = PayloadSchema.field.namespace;
const count = PayloadSchema.field.artifactCount;

/** The result of reading bytes, or the fact that they are refused. */
function read(reader: typeof fromBinary, desc: DescMessage, bytes: Uint8Array): unknown {
  try {
    const { $typeName: _, ...fields } = reader(desc, bytes);
    return fields;
  } catch {
    return "refused";
  }
}

function entry(key: string): Buffer {
  return lengthDelimited(
    map.number,
    Buffer.concat([lengthDelimited(1, key), lengthDelimited(2, "value")]),
  );
}

/** The keys of the map that a reader builds from entries. */
function keysIn(reader: typeof fromBinary, ...keys: readonly string[]): string[] {
  const made = reader(PayloadSchema, Buffer.concat(keys.map(entry)));
  return Object.keys(made.contextDiagnostics);
}

describe("stock Protobuf", () => {
  test("loses the key __proto__ of a map", () => {
    expect(keysIn(fromBinary, "__proto__", "a")).toEqual(["a"]);
    expect(keysIn(messageFromBinary as typeof fromBinary, "__proto__", "a")).toEqual([
      "__proto__",
      "a",
    ]);
  });

  test("reads the keys of a map in an order of its own", () => {
    expect(keysIn(fromBinary, "b", "1")).toEqual(["1", "b"]);
    const orders: string[][] = [];
    messageFromBinary(PayloadSchema, Buffer.concat(["b", "1"].map(entry)), (entries) => {
      orders.push([...entries.keys()]);
      return Object.fromEntries(entries);
    });
    expect(orders).toEqual([["b", "1"]]);
  });

  test("does not write a map that is a Map", () => {
    const ordered = { ...create(PayloadSchema), contextDiagnostics: new Map([["a", "value"]]) };
    expect(toBinary(PayloadSchema, ordered as never)).toHaveLength(0);
    expect(Buffer.from(messageToBinary(PayloadSchema, ordered))).toEqual(entry("a"));
  });

  test("strips a leading byte-order mark from a text", () => {
    const bytes = lengthDelimited(text.number, "\ufefftext");
    expect(read(fromBinary, LocalNamespaceTupleSchema, bytes)).toEqual({ featureSlug: "text" });
    expect(read(messageFromBinary as typeof fromBinary, LocalNamespaceTupleSchema, bytes)).toEqual({
      featureSlug: "\ufefftext",
    });
  });

  test("writes another character for a lone surrogate", () => {
    const half = create(LocalNamespaceTupleSchema, { featureSlug: "\ud83d" });
    const bytes = toBinary(LocalNamespaceTupleSchema, half);
    expect(Buffer.from(bytes)).toEqual(lengthDelimited(text.number, "\ufffd"));
    expect(() => messageToBinary(LocalNamespaceTupleSchema, half)).toThrow("surrogate");
  });

  test.each<[string, DescMessage, Uint8Array, unknown]>([
    [
      "takes a length modulo 2^32",
      LocalNamespaceTupleSchema,
      Buffer.concat([tag(text.number, 2), varint(2n ** 32n)]),
      { featureSlug: "" },
    ],
    [
      "reads a text beyond the end of its message",
      PayloadSchema,
      Buffer.concat([tag(message.number, 2), varint(2), lengthDelimited(text.number, "text")]),
      expect.objectContaining({ namespace: expect.objectContaining({ featureSlug: "text" }) }),
    ],
    [
      "reads a field of another wire type",
      PayloadSchema,
      Buffer.concat([tag(count.number, 1), varint(7)]),
      expect.objectContaining({ artifactCount: 7 }),
    ],
  ])("%s", (_what, desc, bytes, made) => {
    expect(read(fromBinary, desc, bytes)).toEqual(made);
    expect(read(messageFromBinary as typeof fromBinary, desc, bytes)).toBe("refused");
  });

  test("skips a length modulo 2^32, and a number of too many bytes", () => {
    const long = Buffer.concat([varint(2n ** 32n)]);
    expect(new BinaryReader(long).skip(2)).toHaveLength(long.length);
    const number = Buffer.concat([Buffer.alloc(11, 0x80), Buffer.of(0)]);
    expect(new BinaryReader(number).skip(0)).toHaveLength(12);
    for (const field of [
      Buffer.concat([tag(900, 2), long]),
      Buffer.concat([tag(900, 0), number]),
    ]) {
      expect(() => messageFromBinary(PayloadSchema, field)).toThrow();
    }
  });
});
