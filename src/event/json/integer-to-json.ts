/** An integer in wire JSON: a number if that is exact, otherwise a string of its digits. */
export function integerToJson(value: number | bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}
