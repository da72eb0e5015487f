/**
 * Mutation testing of what the contract means: each piece of this code is broken in turn, and
 * some test must notice.
 *
 * `npm run test:mutation` takes an hour and more; `npm run test:mutation -- --mutate
 * src/dossier/fold.ts` is one file, and `--mutate src/dossier/fold.ts:30-60` a part of it.
 *
 * These survive, and are no gap in the tests, because nothing but the cost tells them from the
 * code as it is:
 *
 * - `inspector`: the shortcut for an event about which there is nothing to say gives what the
 *   long way gives; an equal clock replaced by itself; `now < undefined` is false anyway; a
 *   `default` that returns `undefined`, as the end of a function does; a copy of text that is not
 *   cut, and of `null`.
 * - `event-diagnostics`: the shortcut for an event without findings, likewise; what spares
 *   comparing text in canonical form; a known defect that is `undefined`, or not there.
 * - `namespace-census`: `welcomes` where there are no groups yet, since `mixtureWith` then finds no
 *   other event, and `isPopulated` of no group is false; `welcomesAll` that is always false, since
 *   merging by way of a union gives the same; `<=` between events, since no two have one sort key,
 *   and behind the last record, since what is staged there has no namespace; how many events have
 *   no namespace, which nobody asks.
 * - `fold`: `FIRST` is 0, whatever its sign; the first and the last event of a path are there
 *   together; a superseder that is not there comes before every event; behind the last register is
 *   none; a superseded path that is not there has registers that nobody reads; `?.` is for event
 *   types without a contribution, of which there is none yet.
 * - `namespace-table`: `isLast` that is false, since the namespace is then looked up; what a key
 *   begins with; a field that is absent as no text, since only the last one may be; what narrows
 *   the type of a group, which every namespace has.
 * - `registers`: when and by how much the memory grows, as long as it is enough; an event that
 *   takes its own place; a register behind the last, which is empty anyway.
 * - `instant`: no further digits, from which zeros are removed.
 * - `event-id`: the ends of the pattern, which takes all of the 32 characters.
 * - `order`: `<=` between text that differs; a clock that is a number taken as a `BigInt`; the ends
 *   of the pattern, which takes all of the 32 digits; a digit behind the last one, whose bits are
 *   never written; bits above the 130 of a ULID, which no digit shows.
 * - `by-namespace`: a ledger of one namespace that would refuse others is given none.
 * - `report`: what stands in for the rejection of a rejected event, which always has one.
 * - `read-model`: the filter that keeps unknown fields apart, since no known field is called like one;
 *   the shortcut for nothing to compare with; what narrows types, since the path of a violation
 *   fits its message, and `string.in` is a rule of text; what stands for values that are not of
 *   their types, which no message that was read has.
 * - `json-reader`: the zero of 64 bits as text, which a list takes for the number; the first value
 *   of an enum, which is there, and 0; the ends of patterns for what stock Protobuf says; a
 *   `default`, as above.
 * - `validate-event`: the shortcut for what is accepted, likewise; the second verdict, which is the
 *   first one; looking for a known defect where there is none.
 * - `ledger`: which kind of conflict or of repetition is foreseen, since nobody asks; events of
 *   another ledger that may not mix, since they do not; the event type of what is packed, which
 *   shows in its bytes; the shortcut for equal bytes, and that for one namespace, as above; a
 *   known event that comes before itself; an event type that is not there.
 * - `unknown-fields`: the shortcut for JSON without unknown fields, whenever it takes the long way;
 *   what is made of a descriptor made anew, while no message holds others of its own kind; looking
 *   further when a hundred are found, of which none is added; a hundred cut to a hundred; what
 *   narrows the types of fields, since a message holds messages.
 * - `struct-limits`: what spares a call for text, for scalars and for plain objects of this realm.
 */
// biome-ignore lint/style/noDefaultExport: Stryker asks for it.
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
  coverageAnalysis: "perTest",
  mutate: [
    "src/dossier/{fold,registers,namespace,namespace-table,namespace-census,namespace-ledgers}.ts",
    "src/dossier/{ledger,ledger-entry,inspector,reduce,by-namespace,report}.ts",
    "src/event/model/{verdict,struct-limits,unknown-fields,read-model,json-reader}.ts",
    "src/event/envelope/{event-diagnostics,event-id,instant,order}.ts",
    "src/event/errors/known-defect.ts",
    "src/conformance/validate-event.ts",
  ],
  // Nothing here is compiled by TypeScript, whose version 7 has no API that Stryker could call.
  disableTypeChecks: false,
  tsconfigFile: "none.json",
  // What no test of these folders reads. Of `dist/`, they read what is generated.
  ignorePatterns: ["/build", "/bindings", "/baseline", "/bench"],
  tempDirName: "build/stryker",
  reporters: ["clear-text", "progress-append-only", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: "build/mutation.json" },
  concurrency: 2,
  // On a busy machine slow is not the same as caught; loops without end are counted, not timed.
  timeoutMS: 60_000,
};
