import {
  NamespaceMixedStreamError,
  namespaceId,
  namespaceIn,
  namespaceJson,
} from "../../dossier/namespace.js";
import { reduceStream, reduceStreamByNamespace } from "../../dossier/reduce-stream.js";
import type { ReduceReport } from "../../dossier/report.js";
import { stateToJsonString } from "../../dossier/state.js";
import type { GivenEvent } from "../../event/envelope/accepted-event.js";
import type { InputFacts } from "../../report/left-out.js";
import { missionReport } from "../../report/mission-report.js";
import { Observation } from "../../report/observed-log.js";
import type { Row, Table } from "../../report/report.js";
import { tableOf } from "../../report/tables.js";
import { readRecordBatches } from "../../stream/json-records.js";
import type { Place } from "../../stream/place.js";
import {
  type Analysis,
  type Mission,
  placeNumber,
  placeText,
  type TroubledRecord,
} from "../analysis.js";
import { judgeRecord, type RecordVerdict } from "./judge-record.js";

/** An input that can be read several times: a `Blob`, or its stand-in in a test. */
export type Source = { readonly stream: () => ReadableStream<Uint8Array>; readonly size: number };

/** The most records whose problems are all listed. The table has every record. */
const MAX_TROUBLED = 1000;

/** The most records whose places are sent to the page. */
const MAX_PLACES = 20_000;

/**
 * Judges each record of an input, and reduces its events.
 *
 * @param name The name of the input, for people.
 * @param onProgress Called with the number of bytes that were read, of the input's size.
 */
export async function analyze(
  source: Source,
  name: string,
  onProgress: (bytes: number) => void,
): Promise<Analysis> {
  const input = new JudgedInput(source, onProgress);
  const missions = await missionsIn(input, name);
  return {
    records: recordsTable(input.rows, input.places[0]?.item !== undefined),
    places: input.places.length > MAX_PLACES ? [] : input.places,
    rejectedCount: input.rejectedCount,
    troubled: input.troubled,
    missions,
  };
}

/** The events of an input. While they are read for the first time, each record is judged. */
class JudgedInput implements AsyncIterable<GivenEvent> {
  readonly rows: Row[] = [];
  readonly troubled: TroubledRecord[] = [];
  rejectedCount = 0;
  unreadableCount = 0;
  readonly places: Place[] = [];
  /** For each event, the index of its place: a record that is not JSON is not an event. */
  private readonly events: number[] = [];
  private isJudged = false;

  constructor(
    private readonly source: Source,
    private readonly onProgress: (bytes: number) => void,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<GivenEvent, void, undefined> {
    const isFirst = !this.isJudged;
    this.isJudged = true;
    for await (const records of readRecordBatches(this.counted())) {
      for (const record of records) {
        if (isFirst) {
          this.take(record.place, verdictOn(record));
        }
        if (record.kind === "json") {
          if (isFirst) {
            this.events.push(this.places.length - 1);
          }
          // The reducer checks it.
          yield record.json as GivenEvent;
        } else if (isFirst) {
          this.unreadableCount++;
        }
      }
    }
  }

  /** The place of an event, for people. */
  placeOf(position: number | undefined): string {
    const place = this.places[this.events[position ?? -1] ?? -1];
    return place === undefined ? "" : placeText(place);
  }

  private take(place: Place, { verdict, eventType, contract, problems }: RecordVerdict): void {
    this.places.push(place);
    this.rejectedCount += verdict === "rejected" || verdict === "not JSON" ? 1 : 0;
    if (problems.length > 0 && this.troubled.length < MAX_TROUBLED) {
      this.troubled.push({ place, problems });
    }
    const [first] = problems;
    const more = problems.length > 1 ? `, and ${problems.length - 1} more` : "";
    this.rows.push([
      placeNumber(place),
      verdict,
      eventType,
      first?.field || null,
      first === undefined ? null : `${first.text}${more}`,
      contract,
    ]);
  }

  private async *counted(): AsyncGenerator<Uint8Array, void, undefined> {
    let bytes = 0;
    const reader = this.source.stream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes += next.value.length;
      this.onProgress(bytes);
      yield next.value;
    }
  }
}

function verdictOn(
  record:
    | { readonly kind: "json"; readonly json: unknown }
    | { readonly kind: "unreadable"; readonly reason: string },
): RecordVerdict {
  if (record.kind === "json") {
    return judgeRecord(record.json);
  }
  const { reason } = record;
  const problem = {
    path: [],
    field: "",
    text: reason,
    rule: "unreadable_record",
    isWarning: false,
  };
  return { verdict: "not JSON", eventType: null, contract: null, problems: [problem] };
}

/** The one mission of the input, as `reduce` reads it, or else each, as `--by-namespace` does. */
async function missionsIn(input: JudgedInput, name: string): Promise<Mission[]> {
  let invalid = 0;
  const options = { onInvalidEvent: () => void invalid++ };
  const mission = (reduced: ReduceReport, log: ReturnType<Observation["log"]>): Mission => {
    const facts: InputFacts = {
      sources: [name],
      placeOf: (position) => input.placeOf(position),
      invalid: invalid + input.unreadableCount,
    };
    return {
      report: missionReport(reduced, log, facts, "mission-dossier"),
      state: stateToJsonString(reduced.state, 2),
    };
  };
  const together = new Observation();
  try {
    return [mission(await reduceStream(together.of(input), options), together.log())];
  } catch (error) {
    if (!(error instanceof NamespaceMixedStreamError)) {
      throw error;
    }
  }
  invalid = 0;
  const keyOf = (namespace: ReturnType<typeof namespaceIn>): string =>
    namespace === undefined ? "" : namespaceId(namespace, "mission");
  const apart = new Observation((event) => keyOf(namespaceIn(event)));
  const { missions } = await reduceStreamByNamespace(apart.of(input), options);
  return missions
    .map((each) => {
      const { namespace } = each.state;
      return mission(each, apart.log(keyOf(namespace && namespaceJson(namespace))));
    })
    .sort((a, b) => Number(isBad(b)) - Number(isBad(a)));
}

function isBad({ report }: Mission): boolean {
  return report.verdict.tone === "bad";
}

function recordsTable(rows: readonly Row[], isArray: boolean): Table {
  return tableOf(
    {
      id: "records",
      title: "Records",
      note: "The number of a record leads to it in the input.",
      empty: "The input has no record.",
      columns: [
        { title: isArray ? "Item" : "Line", kind: "path" },
        {
          title: "Verdict",
          kind: "category",
          tones: { accepted: "good", rejected: "bad", "not JSON": "bad" },
        },
        { title: "Type", kind: "category" },
        { title: "Field", kind: "text" },
        { title: "Problem", kind: "text" },
        { title: "Contract", kind: "category" },
      ],
    },
    rows,
  );
}
