import assert from "node:assert/strict";
import type { DescMessage } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as accepted from "../../../gen/speckitty/dossier/v1/accepted.js";
import { file_speckitty_dossier_v1_state } from "../../../gen/speckitty/dossier/v1/state_pb.js";
import { file_speckitty_dossier_v1_values } from "../../../gen/speckitty/dossier/v1/values_pb.js";
import { readModel } from "../../../src/event/model/read-model.js";
import { validJson } from "../../support/arbitrary-json.js";

const messages = [
  ...file_speckitty_dossier_v1_values.messages,
  ...file_speckitty_dossier_v1_state.messages.flatMap(({ nestedMessages }) => nestedMessages),
].map((desc) => [desc.typeName.replace("speckitty.dossier.v1.", ""), desc] as const);

/** The generated function with this beginning and end of its name. */
function generated(
  before: string,
  desc: DescMessage,
  after: string,
): (...args: unknown[]) => unknown {
  const shape = desc.typeName.replace("speckitty.dossier.v1.", "").replace(".", "_");
  const name = `${before}${before === "" ? shape[0]?.toLowerCase() + shape.slice(1) : shape}${after}`;
  return Reflect.get(accepted, name) ?? assert.fail(`no function ${name}`);
}

/** Everything that a message writes to a hash. */
function taken(desc: DescMessage, json: unknown): string {
  const calls: unknown[] = [];
  const note = (kind: string) => (value: unknown) => {
    calls.push([kind, value === undefined || value === null ? null : String(value)]);
  };
  const hash: accepted.Hash = {
    text: note("text"),
    integer: note("integer"),
    boolean: note("boolean"),
    count: note("count"),
  };
  generated("hash", desc, "")(json, hash);
  return JSON.stringify(calls);
}

function read(desc: DescMessage, json: unknown): object {
  const result = readModel(desc, json);
  return result.kind === "valid" ? result.message : assert.fail("the contract rejects it");
}

/** Text that only equal messages have. */
function textOf(message: object): string {
  return JSON.stringify(message, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}

describe.each(messages)("an accepted %s", (_name, desc) => {
  test("equals the message that the reader returns", () => {
    fc.assert(
      fc.property(validJson(desc), (json) => {
        assert.deepStrictEqual(
          { ...(generated("", desc, "Of")(json) as object) },
          { ...read(desc, json) },
        );
      }),
    );
  });

  test("has the hash of another one exactly if the two are equal", () => {
    fc.assert(
      fc.property(validJson(desc), validJson(desc), fc.boolean(), (a, b, isMixed) => {
        const other = isMixed ? { ...a, ...Object.fromEntries(Object.entries(b).slice(0, 1)) } : b;
        fc.pre(readModel(desc, other).kind === "valid");
        const isOne = textOf(read(desc, a)) === textOf(read(desc, other));
        expect(taken(desc, a) === taken(desc, other)).toBe(isOne);
      }),
    );
  });
});
