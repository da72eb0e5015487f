import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type Message,
  type ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { file_speckitty_dossier_v1_event } from "../../../../gen/speckitty/dossier/v1/event_pb.js";
import { file_speckitty_dossier_v1_payloads } from "../../../../gen/speckitty/dossier/v1/payloads_pb.js";
import { file_speckitty_dossier_v1_state } from "../../../../gen/speckitty/dossier/v1/state_pb.js";
import { reachable } from "../../../../src/codegen/schema-names.js";
import {
  messageFromBinary,
  messageToBinary,
} from "../../../../src/event/codec/protobuf-es/message-binary.js";
import { fieldsByNumber } from "../../../../src/event/codec/protobuf-es/wire-form.js";
import { lengthDelimited, tag } from "../../../attacks/wire.js";

const VALUES: { readonly [type in keyof typeof ScalarType]: readonly unknown[] } = {
  DOUBLE: [0, -0, 1.5, Number.NaN],
  FLOAT: [0, 0.5],
  INT64: [0n, -1n, 2n ** 63n - 1n],
  UINT64: [0n, 2n ** 64n - 1n],
  INT32: [0, -1, 2 ** 31 - 1],
  FIXED64: [0n, 2n ** 64n - 1n],
  FIXED32: [0, 2 ** 32 - 1],
  BOOL: [false, true],
  STRING: ["", "text"],
  BYTES: [new Uint8Array(), Uint8Array.of(0, 255)],
  UINT32: [0, 2 ** 32 - 1],
  SFIXED32: [0, -(2 ** 31)],
  SFIXED64: [0n, -(2n ** 63n)],
  SINT32: [0, -(2 ** 31)],
  SINT64: [0n, 1n, -1n, 63n, -64n, 64n, -(2n ** 63n)],
};

describe.each(Object.entries(VALUES))("fields of type %s", (type, values) => {
  const desc = messageWith(
    { name: "one", type: `TYPE_${type}` },
    { name: "perhaps", type: `TYPE_${type}`, proto3Optional: true, oneofIndex: 0 },
    { name: "many", type: `TYPE_${type}`, label: "LABEL_REPEATED" },
  );

  test.each(values)("hold %o as in stock Protobuf", (value) => {
    for (const init of [{ one: value }, { perhaps: value }, { many: [value, ...values] }, {}]) {
      const message = create(desc, init);
      const bytes = toBinary(desc, message);
      expect(messageToBinary(desc, message)).toEqual(bytes);
      expect(messageFromBinary(desc, bytes)).toEqual(fromBinary(desc, bytes));
    }
  });

  test("of a list are also read one by one", () => {
    // The same bytes as of two fields without presence, by the number of the list.
    const single = messageWith({ name: "many", number: 3, type: `TYPE_${type}` });
    const value = values.at(-1);
    const once = toBinary(single, create(single, { many: value }));
    expect(messageFromBinary(desc, Uint8Array.of(...once, ...once))).toMatchObject({
      many: [value, value],
    });
  });
});

test("a packed list that extends beyond its end is refused", () => {
  const desc = messageWith({ name: "many", type: "TYPE_FIXED32", label: "LABEL_REPEATED" });
  const list = lengthDelimited(1, Buffer.alloc(8));
  expect(messageFromBinary(desc, list)).toMatchObject({ many: [0, 0] });
  const short = Buffer.concat([tag(1, 2), Buffer.of(5), Buffer.alloc(8)]);
  expect(() => messageFromBinary(desc, short)).toThrow("beyond the end");
});

describe("a kind of field that the contract does not use is refused by name", () => {
  test.each<[string, DescMessage]>([
    ["of a oneof", messageWith({ name: "one", type: "TYPE_STRING", oneofIndex: 0 })],
    ["of another syntax", messageWith({ name: "one", type: "TYPE_STRING" }, "proto2")],
  ])("%s", (_what, desc) => {
    expect(() => messageFromBinary(desc, Uint8Array.of())).toThrow("field acme.Message.one");
    expect(() => messageToBinary(desc, create(desc))).toThrow("field acme.Message.one");
  });
});

test("every message of the contract has a binary form", () => {
  const files = [
    file_speckitty_dossier_v1_event,
    file_speckitty_dossier_v1_payloads,
    file_speckitty_dossier_v1_state,
  ];
  const messages = files.flatMap((file) => file.messages.flatMap((one) => [...reachable(one)]));
  for (const message of messages) {
    expect(() => fieldsByNumber(message)).not.toThrow();
  }
});

test("a value of another type is refused by the name of its field", () => {
  const desc = messageWith({ name: "one", type: "TYPE_INT32" });
  const message: Message = { ...create(desc), ...{ one: 1.5 } };
  expect(() => messageToBinary(desc, message)).toThrow("field acme.Message.one");
});

type Field = { readonly name: string; readonly type: string; readonly [option: string]: unknown };

/** The descriptor of a message with fields, numbered in order. */
function messageWith(...parts: readonly (Field | "proto2")[]): DescMessage {
  const fields = parts.filter((part) => part !== "proto2");
  const file = fromJson(FileDescriptorProtoSchema, {
    name: "acme/message.proto",
    package: "acme",
    syntax: parts.includes("proto2") ? "proto2" : "proto3",
    messageType: [
      {
        name: "Message",
        oneofDecl: fields.some((field) => "oneofIndex" in field) ? [{ name: "_choice" }] : [],
        field: fields.map((field, index) => ({
          number: index + 1,
          label: "LABEL_OPTIONAL",
          jsonName: field.name,
          ...field,
        })),
      },
    ],
  } as never);
  const desc = createFileRegistry(file, () => undefined).getMessage("acme.Message");
  if (desc === undefined) {
    throw new Error("the message is missing");
  }
  return desc;
}
