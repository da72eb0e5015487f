import { describe, expect, test } from "vitest";
import {
  EventSchema,
  eventFromBinary,
  eventToBinary,
  InvalidBinaryError,
  parseEvent,
  parsePayload,
  payloadFromBinary,
  payloadToBinary,
  reduceMissionDossier,
  stateFromBinary,
  stateToBinary,
} from "../../src/index.js";
import { envelope, indexed } from "../support/examples.js";
import { asEvent, indexing, resultOrTypedError, typedError } from "./attacks.js";
import { BINARY_FORMS, CHECKPOINT } from "./binary-forms.js";
import { lengthDelimited, tag, varint } from "./wire.js";

// Fields that a payload or a state does not know, and strings in them that are not UTF-8, are
// tested in event/codec/round-trips and dossier/state as well.

const INDEXED = "MissionDossierArtifactIndexed";
const UNKNOWN = 900;

function joined(...parts: readonly (Uint8Array | readonly number[])[]): Buffer {
  return Buffer.concat(parts.map((part) => Uint8Array.from(part)));
}

describe.each([...BINARY_FORMS, CHECKPOINT])("$what", ({ bytes, rewrite }) => {
  const first = tag(1, 2);

  test.each([
    ["a length of 2^31 in an unknown field", joined(tag(UNKNOWN, 2), varint(2 ** 31))],
    ["a length of 2^32 - 1 there", joined(tag(UNKNOWN, 2), varint(2 ** 32 - 1))],
    ["a length of 2^31 in a known field", joined(first, varint(2 ** 31))],
    ["a length of 2^32 there, which is 0 modulo 2^32", joined(tag(UNKNOWN, 2), varint(2n ** 32n))],
    ["a length of 2^63 there", joined(tag(UNKNOWN, 2), varint(2n ** 63n))],
    ["a length of one byte more than there is", joined(tag(UNKNOWN, 2), [2, 0])],
    ["a number that never ends", joined(tag(UNKNOWN, 0), Buffer.alloc(20, 0xff))],
    ["half a number of 64 bits", joined(tag(UNKNOWN, 1), [1, 2, 3, 4])],
    ["half a number of 32 bits", joined(tag(UNKNOWN, 5), [1, 2])],
    ["the field 0", joined(tag(0, 0), [1])],
    ["an unknown wire type", joined(tag(UNKNOWN, 6), [1])],
    ["another unknown wire type", joined(tag(UNKNOWN, 7), [1])],
    ["a tag of more than 32 bits", joined([0xff, 0xff, 0xff, 0xff, 0x7f, 1])],
    ["a tag that never ends", Buffer.alloc(12, 0xff)],
    ["the end of a group that has not begun", tag(UNKNOWN, 4)],
    ["a group that does not end", tag(UNKNOWN, 3)],
    ["a group that ends as another one", joined(tag(UNKNOWN, 3), tag(UNKNOWN + 1, 4))],
  ])("with %s is refused", (_name, more) => {
    expect(typedError(() => rewrite(joined(bytes, more)))).toBeInstanceOf(InvalidBinaryError);
  });
});

describe.each(BINARY_FORMS)("$what keeps unknown fields", ({ bytes, rewrite }) => {
  const group = joined(tag(UNKNOWN, 3), tag(1, 0), [7], tag(UNKNOWN, 4));
  test.each([
    ["a number", joined(tag(UNKNOWN, 0), varint(2n ** 64n - 1n))],
    ["a number of 64 bits", joined(tag(UNKNOWN, 1), Buffer.alloc(8, 0xfe))],
    ["bytes that are not UTF-8", lengthDelimited(UNKNOWN, Uint8Array.of(0xff, 0xfe, 0))],
    ["nothing at all", lengthDelimited(UNKNOWN, "")],
    ["a group", group],
    ["a group in a group", joined(tag(UNKNOWN, 3), group, tag(UNKNOWN, 4))],
    ["a number of 32 bits", joined(tag(UNKNOWN, 5), Buffer.alloc(4, 0xfe))],
    ["the highest field number", joined(tag(2 ** 29 - 1, 0), [1])],
    ["one field twice", joined(tag(UNKNOWN, 0), [1], tag(UNKNOWN, 0), [2])],
  ])("%s", (_name, more) => {
    const written = rewrite(joined(bytes, more));
    expect(written.length).toBe(bytes.length + more.length);
    expect(Buffer.from(written).includes(more)).toBe(true);
    expect(Buffer.from(rewrite(written))).toEqual(Buffer.from(written));
  });
});

describe("text that is not UTF-8", () => {
  const marker = "marker";
  const bad = [
    ["a byte that begins no character", [0xff]],
    ["a character that is cut off", [0xe8, 0xaa]],
    ["an overlong form", [0xc0, 0xaf]],
    ["a lone surrogate", [0xed, 0xa0, 0x80]],
    ["beyond the last character", [0xf4, 0x90, 0x80, 0x80]],
  ].map(([name, bytes]) => [name, Buffer.from(bytes ?? [])] as const);

  const places = {
    "a text of an event": () => {
      const event = parseEvent({ ...envelope, node_id: marker });
      return [eventToBinary(event), eventFromBinary] as const;
    },
    "a value of its payload": () => {
      const event = parseEvent({ ...envelope, payload: { a: [marker] } });
      return [eventToBinary(event), eventFromBinary] as const;
    },
    "a key of its payload": () => {
      const event = parseEvent({ ...envelope, payload: { a: { [marker]: 1 } } });
      return [eventToBinary(event), eventFromBinary] as const;
    },
    "a path of a payload": () => {
      const identity = { ...indexed.artifact_id, path: marker };
      const payload = parsePayload(INDEXED, { ...indexed, artifact_id: identity });
      return [payloadToBinary(payload), readPayload] as const;
    },
    "a key of a map": () => {
      const json = { ...indexed, context_diagnostics: { [marker]: "a" } };
      return [payloadToBinary(parsePayload(INDEXED, json)), readPayload] as const;
    },
    "an item of a list": () => {
      const json = { ...indexed, provenance: { source_event_ids: ["a", marker] } };
      return [payloadToBinary(parsePayload(INDEXED, json)), readPayload] as const;
    },
    "a path of a state": () => {
      const state = reduceMissionDossier([asEvent(indexing(marker, 1))]);
      return [stateToBinary(state), stateFromBinary] as const;
    },
  };

  test.each(Object.entries(places))("in %s is refused", (_where, make) => {
    const [whole, read] = make();
    expect(() => read(whole)).not.toThrow();
    for (const [, character] of bad) {
      const bytes = Buffer.from(whole);
      // All of them are shorter than the text that they replace.
      character.copy(bytes, bytes.indexOf(marker));
      expect(typedError(() => read(bytes))).toBeInstanceOf(InvalidBinaryError);
    }
  });

  function readPayload(bytes: Uint8Array): unknown {
    return payloadFromBinary(INDEXED, bytes);
  }
});

describe("a field that the contract knows, of another wire type", () => {
  const event = parseEvent({ ...envelope, node_id: "honest", lamport_clock: 3 });
  const bytes = eventToBinary(event);
  const { lamportClock, eventId, nodeId } = EventSchema.field;

  // Other implementations of Protobuf treat it as an unknown field. Stock Protobuf for
  // TypeScript reads it by its declared type, so one program would see a field where another
  // one sees the digits of a number.
  test.each([
    [
      "a field after a number",
      joined(tag(lamportClock.number, 1), [7], lengthDelimited(nodeId.number, "evil!")),
    ],
    ["a number for a text", joined(tag(eventId.number, 0), [0])],
    ["a group for a text", joined(tag(eventId.number, 3), tag(eventId.number, 4))],
  ])("is a typed error: %s", (_what, more) => {
    expect(typedError(() => eventFromBinary(joined(bytes, more)))).toBeInstanceOf(
      InvalidBinaryError,
    );
  });

  test("is never anything but an event or a typed error", () => {
    for (const { number } of EventSchema.fields) {
      for (const wireType of [0, 1, 2, 3, 4, 5]) {
        for (const content of [[0], [1], Buffer.alloc(8), Buffer.alloc(8, 0xff), [2, 8, 1]]) {
          const changed = joined(bytes, tag(number, wireType), content);
          // Any other error is rethrown.
          expect(resultOrTypedError(() => eventFromBinary(changed))).toBeDefined();
        }
      }
    }
  });
});

test("a nested message that extends beyond its own length is refused", () => {
  const hash = lengthDelimited(1, "hash");
  const algorithm = lengthDelimited(2, "sha256");
  const payload = parsePayload(INDEXED, indexed);
  const short = joined(tag(3, 2), varint(hash.length + 3), hash, algorithm);
  const bytes = joined(payloadToBinary(payload), short);
  expect(typedError(() => payloadFromBinary(INDEXED, bytes))).toBeInstanceOf(InvalidBinaryError);
});
