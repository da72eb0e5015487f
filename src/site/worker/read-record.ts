import { readRecordBatches } from "../../stream/json-records.js";
import { placeNumber } from "../analysis.js";
import type { OneRecord } from "../requests.js";
import type { Source } from "./analyze.js";
import { judgeRecord } from "./judge-record.js";

/**
 * Reads one record of an input.
 *
 * @param number Its line, or its item of an array.
 * @returns `undefined` if it is not JSON.
 */
export async function readRecord(source: Source, number: number): Promise<OneRecord | undefined> {
  for await (const records of readRecordBatches(source.stream())) {
    for (const record of records) {
      if (placeNumber(record.place) === number && record.kind === "json") {
        const { problems } = judgeRecord(record.json);
        return { text: JSON.stringify(record.json, undefined, 2), problems };
      }
    }
  }
  return undefined;
}
