import { create, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  type DossierCheckpoint,
  DossierCheckpointSchema,
} from "mission-dossier/gen/speckitty/reducer/v1/checkpoint_pb.js";
import { checkpointBytes } from "./checkpoint-bytes.js";
import { KEYS, TOKENS } from "./dictionary.js";

// A checkpoint that is damaged at random is rejected for the first thing that is wrong.
// These changes keep it a message, and most of it in order.

type Change = (checkpoint: DossierCheckpoint) => void;

const REJECTED = "speckitty.reducer.v1.DossierCheckpoint.RejectedPayload";
const FRACTION = "speckitty.reducer.v1.DossierCheckpoint.LongFraction";
const WORDS_OF_RECORD = 12;
const INTERESTING_WORDS: readonly number[] = [
  0,
  1,
  2,
  3,
  4,
  5,
  7,
  8,
  127,
  128,
  255,
  256,
  257,
  512,
  999_999_999,
  1_000_000_000,
  2 ** 16,
  2 ** 20,
  2 ** 22,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 2,
  2 ** 32 - 1,
];

/** Tags of cells, lengths, and what numbers begin and end with. */
const INTERESTING_BYTES: readonly number[] = [
  ...[0, 1, 127, 128, 191, 192, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 255],
];

const place = fc.nat({ max: 9999 });
const word = fc.oneof(fc.constantFrom(...INTERESTING_WORDS), fc.nat({ max: 2 ** 31 - 1 }));
const text = fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: "binary" }));
const uint32 = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(...INTERESTING_WORDS) },
);

const rejectedPayload = fc.oneof(
  fc.constantFrom("{}", '{"namespace":{}}', "", "{"),
  fc.constantFrom(...TOKENS.plain, ...TOKENS.containers),
  fc.constantFrom(...TOKENS.deep),
);

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(place, word).map(([at, value]) => setWord(at, value)) },
  { weight: 3, arbitrary: fc.tuple(place, place, place).map((three) => copyWord(...three)) },
  {
    weight: 2,
    arbitrary: fc.tuple(place, fc.boolean()).map(([at, more]) => changeRecords(at, more)),
  },
  { weight: 6, arbitrary: changeOfPacked() },
  { weight: 2, arbitrary: fc.tuple(place, place, text).map((three) => setString(...three)) },
  {
    weight: 2,
    arbitrary: fc.tuple(uint32, rejectedPayload).map(
      ([record, payload]): Change =>
        (checkpoint) => {
          checkpoint.rejected.push({ $typeName: REJECTED, record, payload });
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        uint32,
        fc.constantFrom("1", "0", "", "x", "10", "00000000000000000001", "9".repeat(5000)),
      )
      .map(
        ([record, digits]): Change =>
          (checkpoint) => {
            checkpoint.longFractions.push({ $typeName: FRACTION, record, digits });
          },
      ),
  },
  {
    weight: 1,
    arbitrary: text.map(
      (id): Change =>
        (checkpoint) => {
          checkpoint.conflictingEventIds.push(id);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(place, fc.constantFrom("MissionDossierArtifactIndexed", "", "__proto__", "Event"))
      .map(
        ([at, eventType]): Change =>
          ({ eventTypes }) => {
            eventTypes.splice(at % (eventTypes.length + 1), 1, eventType);
          },
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(place, place, text).map(
      ([at, field, value]): Change =>
        ({ namespaces }) => {
          const namespace = namespaces[at % Math.max(1, namespaces.length)];
          const names = ["projectUuid", "featureSlug", "missionKey", "stepId"] as const;
          const name = names[field % names.length];
          if (namespace !== undefined && name !== undefined) {
            namespace[name] = value;
          }
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("mission", "step", "", "__proto__").map(
      (scope): Change =>
        (checkpoint) => {
          checkpoint.namespaceScope = scope;
        },
    ),
  },
);

/** Checkpoints that are the one given but for a few changes of what they say. */
export function checkpointChanges(base: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.array(change, { minLength: 1, maxLength: 5 }), fc.boolean())
    .map(([changes, countsRight]) => {
      const checkpoint = fromBinary(DossierCheckpointSchema, base);
      for (const apply of changes) {
        apply(checkpoint);
      }
      if (countsRight) {
        checkpoint.eventCount = checkpoint.records.length / (4 * WORDS_OF_RECORD);
      }
      return checkpointBytes(create(DossierCheckpointSchema, checkpoint));
    });
}

function setWord(at: number, value: number): Change {
  return ({ records }) => {
    const words = viewOf(records);
    if (records.length >= 4) {
      words.setUint32(4 * (at % (records.length >> 2)), value, true);
    }
  };
}

/** Puts a word of one record into another one: two with one id, one place, one content. */
function copyWord(column: number, from: number, to: number): Change {
  return ({ records }) => {
    const words = viewOf(records);
    const count = Math.floor(records.length / (4 * WORDS_OF_RECORD));
    if (count > 0) {
      // The id is four words together.
      const columns = column % 3 === 0 ? [5, 6, 7, 8, 9] : [column % WORDS_OF_RECORD];
      for (const each of columns) {
        const offset = (record: number): number => 4 * ((record % count) * WORDS_OF_RECORD + each);
        words.setUint32(offset(to), words.getUint32(offset(from), true), true);
      }
    }
  };
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Takes a record away, or repeats it. */
function changeRecords(at: number, repeat: boolean): Change {
  return (checkpoint) => {
    const size = 4 * WORDS_OF_RECORD;
    const { records } = checkpoint;
    const start = size * (at % Math.max(1, Math.floor(records.length / size)));
    checkpoint.records = Uint8Array.from([
      ...records.subarray(0, start),
      ...(repeat ? records.subarray(start, start + size) : []),
      ...records.subarray(repeat ? start : start + size),
    ]);
  };
}

function changeOfPacked(): fc.Arbitrary<Change> {
  const byte = fc.oneof(fc.constantFrom(...INTERESTING_BYTES), fc.nat({ max: 255 }));
  return fc.tuple(place, place, fc.array(byte, { minLength: 1, maxLength: 10 })).map(
    ([chunk, at, bytes]): Change =>
      ({ packed }) => {
        const target = packed[chunk % Math.max(1, packed.length)];
        bytes.forEach((value, index) => {
          if (target !== undefined && target.length > 0) {
            target[(at + index) % target.length] = value;
          }
        });
      },
  );
}

function setString(at: number, index: number, value: string): Change {
  return ({ vocabularies }) => {
    const filled = vocabularies.filter(({ strings }) => strings.length > 0);
    const strings = filled[at % Math.max(1, filled.length)]?.strings;
    strings?.splice(index % strings.length, 1, value);
  };
}
