import { ScalarType } from "@bufbuild/protobuf";

/** The range of one of Protobuf's integer types. */
export type IntegerType = {
  readonly bits: 32 | 64;
  readonly min: bigint;
  readonly max: bigint;
};

/** The integers of 32 bits with a sign, which the numbers of enums are, too. */
export const int32: IntegerType = { bits: 32, min: -(2n ** 31n), max: 2n ** 31n - 1n };
const uint32: IntegerType = { bits: 32, min: 0n, max: 2n ** 32n - 1n };
const int64: IntegerType = { bits: 64, min: -(2n ** 63n), max: 2n ** 63n - 1n };
const uint64: IntegerType = { bits: 64, min: 0n, max: 2n ** 64n - 1n };

/** The integer types among Protobuf's scalars. */
export const integerTypes: ReadonlyMap<ScalarType, IntegerType> = new Map([
  [ScalarType.INT32, int32],
  [ScalarType.SINT32, int32],
  [ScalarType.SFIXED32, int32],
  [ScalarType.UINT32, uint32],
  [ScalarType.FIXED32, uint32],
  [ScalarType.INT64, int64],
  [ScalarType.SINT64, int64],
  [ScalarType.SFIXED64, int64],
  [ScalarType.UINT64, uint64],
  [ScalarType.FIXED64, uint64],
]);
