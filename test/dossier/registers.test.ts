import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventList, type EventOrder, Registers } from "../../src/dossier/registers.js";

/** Events in the order of their clocks, and of one clock in that of what else they have. */
function orderOf(events: readonly (readonly [clock: number, more: number])[]): EventOrder {
  const at = (event: number) => events[event] ?? [0, 0];
  return {
    compare: (a, b) => at(a)[0] - at(b)[0] || at(a)[1] - at(b)[1],
    clockOf: (event) => at(event)[0],
  };
}

const order = orderOf([
  [5, 0],
  [3, 1],
  [3, 0],
  [7, 0],
  [7, 1],
]);

function given(...events: readonly number[]): { earliest?: number; latest?: number } {
  const registers = new Registers(order);
  for (const event of events) {
    registers.keepEarlier(0, event, order.clockOf(event));
    registers.keepLater(1, event, order.clockOf(event));
  }
  const [earliest, latest] = [registers.at(0), registers.at(1)];
  return {
    ...(earliest === undefined ? {} : { earliest }),
    ...(latest === undefined ? {} : { latest }),
  };
}

describe("registers", () => {
  test("keep nothing before they are given anything", () => {
    const registers = new Registers(order);
    expect(registers.length).toBe(0);
    expect([registers.at(0), registers.at(7), registers.at(1000)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each([
    [[0], { earliest: 0, latest: 0 }],
    [[0, 1], { earliest: 1, latest: 0 }],
    [[1, 0], { earliest: 1, latest: 0 }],
    [[0, 3], { earliest: 0, latest: 3 }],
    [[3, 0], { earliest: 0, latest: 3 }],
    [[1, 2], { earliest: 2, latest: 1 }],
    [[2, 1], { earliest: 2, latest: 1 }],
    [[4, 0, 2, 3, 1], { earliest: 2, latest: 4 }],
    [[1, 3, 2, 0, 4], { earliest: 2, latest: 4 }],
  ])("of the events %j keep the earliest and the latest", (events, expected) => {
    expect(given(...events)).toEqual(expected);
  });

  test("look at the events themselves only where the clocks are equal", () => {
    const registers = new Registers({
      clockOf: order.clockOf,
      compare: () => {
        throw new Error("looked at");
      },
    });
    for (const [event, clock] of [
      [0, 5],
      [1, 3],
      [3, 7],
    ] as const) {
      registers.keepEarlier(0, event, clock);
      registers.keepLater(1, event, clock);
    }
    expect([registers.at(0), registers.at(1)]).toEqual([1, 3]);
  });

  test("are as many as are used, each by itself, however far apart", () => {
    for (const jumps of [[0, 1, 7, 8, 9, 15, 16, 17, 31, 32], [200], [8], [3, 500, 501]]) {
      const registers = new Registers(order);
      for (const register of jumps) {
        registers.keepLater(register, 0, 5);
        expect(registers.length).toBe(register + 1);
      }
      for (let register = 0; register < registers.length + 50; register++) {
        expect(registers.at(register)).toBe(jumps.includes(register) ? 0 : undefined);
      }
      registers.keepEarlier(0, 1, 3);
      expect(registers.length).toBe(Math.max(...jumps) + 1);
      expect(registers.at(0)).toBe(1);
    }
  });
});

test("a list gives its events in order, however they came", () => {
  const list = new EventList(order);
  expect([list.isEmpty, list.inOrder()]).toEqual([true, []]);
  for (const event of [3, 1, 4, 0, 2]) {
    list.add(event, order.clockOf(event));
    expect(list.isEmpty).toBe(false);
  }
  expect(list.inOrder()).toEqual([2, 1, 0, 3, 4]);
});

test("registers and lists of any events agree with a sort of all", () => {
  const events = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(events, (all) => {
      const any = orderOf(all);
      const registers = new Registers(any);
      const list = new EventList(any);
      for (const event of all.keys()) {
        registers.keepEarlier(20, event, any.clockOf(event));
        registers.keepLater(21, event, any.clockOf(event));
        list.add(event, any.clockOf(event));
      }
      const sorted = [...all.keys()].sort(any.compare);
      expect(list.inOrder()).toEqual(sorted);
      expect(any.compare(registers.at(20) ?? -1, sorted[0] ?? -1)).toBe(0);
      expect(any.compare(registers.at(21) ?? -1, sorted.at(-1) ?? -1)).toBe(0);
    }),
  );
});
