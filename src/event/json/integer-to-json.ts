/** An integer as the wire JSON has it: a number as far as that is exact, and text of its digits else. */
export function integerToJson(value: number | bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}
