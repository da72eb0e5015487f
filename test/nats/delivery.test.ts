import type { Msg } from "@nats-io/transport-node";
import { describe, expect, test } from "vitest";
import { type Delivery, DeliveryChain, deliveryOf } from "../../src/nats/delivery.js";

function delivery(seq: number, deliverySeq: number, mission = "a", count = 1): Delivery {
  const bytes = new Uint8Array();
  const rest = { pending: 0, subject: "", message: {} as Msg, deliveredAt: 0, reply: "" };
  return { seq, deliverySeq, count, mission, bytes, ...rest };
}

describe("a delivery", () => {
  const message = { subject: "dossier.event.07.abc", data: Uint8Array.of(1) };

  test.each([
    ["", "$JS.ACK.dossier-events.states-07.2.50.9.1700000000.12"],
    ["with a domain", "$JS.ACK.hub.account.dossier-events.states-07.2.50.9.1700000000.12.token"],
  ])("is read from the subject of its acknowledgement %s", (_case, reply) => {
    const given = { ...message, reply } as Msg;
    expect(deliveryOf(given)).toEqual({
      seq: 50,
      deliverySeq: 9,
      count: 2,
      pending: 12,
      subject: message.subject,
      mission: "abc",
      bytes: message.data,
      message: given,
      deliveredAt: expect.any(Number),
      reply,
    });
  });
});

describe("the event before one of the same mission", () => {
  test("is known from two deliveries in a row, and across other missions", () => {
    const chain = new DeliveryChain();
    expect(chain.previous(delivery(3, 11))).toBeUndefined();
    expect(chain.previous(delivery(4, 12, "b"))).toBeUndefined();
    expect(chain.previous(delivery(9, 13))).toBe(3);
  });

  test("is known to be none from the first delivery of all on, until one is missing", () => {
    const chain = new DeliveryChain();
    expect(chain.previous(delivery(3, 1))).toBe(0);
    expect(chain.previous(delivery(4, 2, "b"))).toBe(0);
    expect(chain.previous(delivery(9, 3))).toBe(3);
    expect(chain.previous(delivery(12, 5, "c"))).toBeUndefined();
    expect(chain.previous(delivery(13, 6, "d"))).toBeUndefined();
  });

  test("is not known after a delivery to another worker", () => {
    const chain = new DeliveryChain();
    chain.previous(delivery(3, 1));
    expect(chain.previous(delivery(9, 3))).toBeUndefined();
    expect(chain.previous(delivery(10, 4))).toBe(9);
  });

  test("is not known of an event that is delivered again, which does not break the chain", () => {
    const chain = new DeliveryChain();
    chain.previous(delivery(3, 1));
    expect(chain.previous(delivery(2, 2, "a", 2))).toBeUndefined();
    expect(chain.previous(delivery(9, 3))).toBe(3);
  });

  test("is not known when the consumer has gone back", () => {
    const chain = new DeliveryChain();
    chain.previous(delivery(9, 1));
    expect(chain.previous(delivery(3, 2))).toBeUndefined();
    expect(chain.previous(delivery(4, 3, "b"))).toBeUndefined();
  });
});
