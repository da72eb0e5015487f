import { expect, test } from "vitest";
import { Slots } from "../../src/nats/slots.js";

test("no more calls run at the same time than there are slots, and an error frees its own", async () => {
  const slots = new Slots(3);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const calls = Array.from({ length: 20 }, (_, index) =>
    slots.run(async () => {
      order.push(index);
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (index % 5 === 0) {
        throw new Error(`call ${index}`);
      }
      return index;
    }),
  );
  const results = await Promise.allSettled(calls);
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(4);
  expect(most).toBe(3);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(await slots.run(async () => "free again")).toBe("free again");
});
