/** A known mistake of a producer, recognized in a payload. */
export type KnownDefect = {
  /**
   * The mistake: the flat payload of an earlier producer, or the names of a later or an earlier
   * contract than the one that judges.
   */
  readonly name: "flat_artifact_indexed" | "later_contract_names" | "earlier_contract_names";
  /** A description, for people. */
  readonly message: string;
  /** The right place for each misplaced value. */
  readonly moves: readonly Move[];
};

/** A misplaced value. */
export type Move = {
  /** The path of the field that holds it. */
  readonly from: string;
  /** The path of the field where it belongs. */
  readonly to: string;
};
