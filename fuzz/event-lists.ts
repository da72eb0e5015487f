import fc from "fast-check";
import type { EventJson } from "mission-dossier";
import { MESSAGES, STREAMS } from "./corpus.js";
import { copyOf, type Member, type Tree, token, treeOf, treeText } from "./json-tree.js";
import { mutate, mutation } from "./mutate-json.js";
import { hashOf } from "./random.js";

/** A field of one event of a list that gets the value of another event. */
type Borrowed = { readonly key: string; readonly by: number; readonly from: number };

/** The fields that say where an event stands, and whether it is another one at all. */
const PLACING = ["event_id", "lamport_clock", "timestamp", "payload", "event_type"] as const;

const streams: fc.Arbitrary<readonly EventJson[]> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...STREAMS) },
  // Mostly of more than one mission.
  { weight: 1, arbitrary: fc.constant(STREAMS.flat()) },
);

/** {@link eventsOf} any stream. */
export const eventLists: fc.Arbitrary<string[]> = streams.chain(eventsOf);

/** Some events of a stream, changed a little: the JSON text of each. */
export function eventsOf(stream: readonly EventJson[]): fc.Arbitrary<string[]> {
  const chosen = fc.record({ index: fc.nat({ max: stream.length - 1 }), isNew: fc.boolean() });
  return fc
    .tuple(
      fc.oneof(
        { weight: 20, arbitrary: fc.array(chosen, { minLength: 1, maxLength: 10 }) },
        { weight: 1, arbitrary: fc.array(chosen, { minLength: 1, maxLength: 200, size: "max" }) },
      ),
      fc.array(fc.record({ key: fc.constantFrom(...PLACING), by: fc.nat(), from: fc.nat() }), {
        maxLength: 3,
      }),
      fc.array(mutation, { maxLength: 3 }),
      fc.option(fc.constantFrom(...MESSAGES), { nil: undefined, freq: 15 }),
    )
    .map(([events, borrowed, mutations, message]) => {
      const items = events.map(({ index, isNew }, position) => {
        const event = treeOf(stream[index]);
        return isNew ? withId(event, position) : event;
      });
      if (message !== undefined) {
        items.push(treeOf(message));
      }
      for (const field of borrowed) {
        borrow(items, field);
      }
      const list: Tree = { kind: "list", items };
      const mutated = mutate(list, mutations);
      return mutated.kind === "list" ? mutated.items.map(treeText) : [treeText(mutated)];
    });
}

/** Another event that says the same. */
function withId(event: Tree, position: number): Tree {
  const member = memberOf(event, "event_id");
  if (member !== undefined) {
    const digits = hashOf(`event ${position}`).toString(16).padStart(8, "0");
    member.value = token(JSON.stringify(`${digits}-0000-4000-8000-000000000000`));
  }
  return event;
}

function borrow(events: readonly Tree[], { key, by, from }: Borrowed): void {
  const own = memberOf(events[by % events.length], key);
  const other = memberOf(events[from % events.length], key);
  if (own !== undefined) {
    own.value = copyOf(other?.value ?? token("null"));
  }
}

function memberOf(event: Tree | undefined, key: string): Member | undefined {
  return event?.kind === "object" ? event.members.find((member) => member.key === key) : undefined;
}
