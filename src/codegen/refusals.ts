import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";

/** A part of a contract for which nothing is written, since it would be wrong. */
export type Refusal = {
  /** The path of the file that declares the element. */
  readonly file: string;
  /** The full Protobuf name of the element. */
  readonly element: string;
  /** The rule or the feature, for example `string.prefix`. */
  readonly rule: string;
  /** The words that go with the rule, for example "is not supported yet". */
  readonly reason: string;
};

/** The reason for anything that a later version of the generator may support. */
export const NOT_YET = "is not supported yet";

/**
 * Raised for the parts of a contract that a generator refuses. A schema without them would
 * accept values that the parser or a protovalidate runtime rejects, or the other way around, and
 * another generation without them would be another contract.
 */
export class UnsupportedContractError extends Error {
  override readonly name = "UnsupportedContractError";

  /** @param refusals All of them, in the order of declaration. */
  constructor(readonly refusals: readonly Refusal[]) {
    const lines = refusals.map(
      ({ file, element, rule, reason }) => `${file}: ${element}: ${rule} ${reason}`,
    );
    super([...new Set(lines)].join("\n"));
  }
}

/** A refusal of something that an element declares. */
export function refusal(
  desc: DescMessage | DescField | DescOneof,
  rule: string,
  reason: string,
): Refusal {
  const message = desc.kind === "message" ? desc : desc.parent;
  return {
    file: `${message.file.name}.proto`,
    element: desc.kind === "message" ? desc.typeName : `${message.typeName}.${desc.name}`,
    rule,
    reason,
  };
}

/** @throws UnsupportedContractError if there is any refusal. */
export function throwRefusals(refusals: readonly Refusal[]): void {
  if (refusals.length > 0) {
    throw new UnsupportedContractError(refusals);
  }
}
