import { describe, expect, test } from "vitest";
import { DossierAccumulator, namespaceKey } from "../../src/index.js";
import {
  type DeadLetter,
  type LogRecord,
  MissionProjection,
  type ProjectionPorts,
  quarantined,
  projectedState,
  readProjectedMission,
  type StoredProjection,
} from "../../src/projection/index.js";
import { event, indexed } from "../support/examples.js";

const encode = (text: string) => new TextEncoder().encode(text);
const dossierEvent = event("MissionDossierArtifactIndexed", indexed);
const record = { seq: 7, bytes: encode(JSON.stringify(dossierEvent)) };
const mission = namespaceKey(dossierEvent as never) ?? "";

/** Ports in memory that do as they are told. */
function ports(log: readonly LogRecord[], stored?: StoredProjection) {
  const letters: DeadLetter[] = [];
  const states: StoredProjection[] = stored === undefined ? [] : [stored];
  const all: ProjectionPorts = {
    log: {
      async *read() {
        yield* log;
      },
    },
    states: {
      get: async () => states.at(-1),
      put: async (_mission, bytes) => states.push({ bytes, revision: states.length + 1 }),
    },
    deadLetters: {
      put: async (letter) => void letters.push(letter),
    },
  };
  return { all, letters, states };
}

async function storedBytes(): Promise<Uint8Array> {
  const { all, states } = ports([]);
  const projection = await MissionProjection.open(mission, all);
  await projection.take(record.seq, record.bytes, { previous: 0 });
  await projection.flush();
  return states[0]?.bytes ?? new Uint8Array();
}

describe("a stored projection", () => {
  test("is the fold of the log up to its sequence", async () => {
    const projected = readProjectedMission(await storedBytes());
    const { seq, checkpoint, ...rest } = projected;
    expect([seq, rest]).toEqual([7, { mission }]);
    expect(projectedState(projected).eventCount).toBe(1);
    expect(DossierAccumulator.fromBinary(checkpoint).state().eventCount).toBe(1);
  });

  test("has a first line that any language can read", async () => {
    const [line = ""] = new TextDecoder().decode(await storedBytes()).split("\n", 1);
    expect(JSON.parse(line)).toMatchObject({ mission, seq: 7 });
  });

  test("is refused when a byte of it was changed, or it was cut", async () => {
    const bytes = await storedBytes();
    for (let index = 0; index < bytes.length; index++) {
      const changed = bytes.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => readProjectedMission(changed)).toThrow(/dossier projection/);
      expect(() => readProjectedMission(bytes.subarray(0, index))).toThrow(/dossier projection/);
    }
  });

  test("of another mission is refused", async () => {
    const { all } = ports([], { bytes: await storedBytes(), revision: 1 });
    await expect(MissionProjection.open("0".repeat(32), all)).rejects.toMatchObject({
      code: "invalid_binary",
      message: expect.stringContaining(mission),
    });
  });
});

describe("a projection", () => {
  test.each([
    ["seq", 0, {}],
    ["seq", 1.5, {}],
    ["seq", 2 ** 53, {}],
    ["previous", 7, { previous: 7 }],
    ["previous", 7, { previous: -1 }],
  ])("refuses a wrong %s", async (field, seq, known) => {
    const projection = await MissionProjection.open(mission, ports([]).all);
    await expect(projection.take(seq, record.bytes, known)).rejects.toMatchObject({
      code: "invalid_argument",
      field,
    });
  });

  test.each([
    ["goes past a record", [8]],
    ["goes back", [3, 3]],
  ])("stops at a log that %s", async (_case, seqs) => {
    const { all } = ports(seqs.map((seq) => ({ ...record, seq })));
    const projection = await MissionProjection.open(mission, all);
    await expect(projection.take(7, record.bytes)).rejects.toMatchObject({ code: "broken_log" });
    // The next call is not stopped by that.
    expect(await projection.flush()).toBe(projection.position);
  });

  test("keeps the bytes of poison with what is wrong with them", async () => {
    const wrong = { ...dossierEvent, lamport_clock: -1 };
    const { all, letters } = ports([]);
    const projection = await MissionProjection.open(mission, all);
    const bytes = encode(JSON.stringify(wrong));
    await projection.take(1, bytes, { previous: 0 });
    expect(letters).toEqual([
      {
        mission,
        seq: 1,
        bytes,
        reason: "invalid_event",
        violations: [expect.objectContaining({ field: "lamport_clock" })],
      },
    ]);
    expect(projection.position).toBe(1);
  });

  test("leaves out a record that was set aside, delivered or read from the log", async () => {
    const { bytes } = record;
    const { all, letters, states } = ports([{ seq: 3, bytes, read: quarantined() }, record]);
    const projection = await MissionProjection.open(mission, all);
    await projection.take(2, encode("its reader ended"), { previous: 0, read: quarantined() });
    await projection.take(7, bytes);
    await projection.flush();
    expect(letters.map(({ seq, reason }) => [seq, reason])).toEqual([
      [2, "quarantined"],
      [3, "quarantined"],
    ]);
    const { checkpoint } = readProjectedMission(states[0]?.bytes ?? new Uint8Array());
    expect(DossierAccumulator.fromBinary(checkpoint).state().eventCount).toBe(1);
  });
});
