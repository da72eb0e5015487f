import type { RuleAt } from "./vectors.js";

/** What a driver saw of one vector. A line that it prints. */
export type Observation = {
  readonly id: string;
  /** Why ProtoJSON with no options does not read the JSON, `null` when it does. */
  readonly plain: string | null;
  /** The same, with unknown fields ignored. What follows is about the message read so. */
  readonly lenient: string | null;
  /** The rules that it breaks, `null` when nothing was read. */
  readonly violations: readonly RuleAt[] | null;
  /** Its binary form, as hexadecimal digits. */
  readonly binary: string | null;
  /** Its ProtoJSON, with no options set. */
  readonly json: string | null;
  /** What became of the binary form of the vector, `null` where that has none. */
  readonly from_binary: {
    readonly error: string | null;
    /** Whether the message is the one read from JSON. */
    readonly equal: boolean | null;
    readonly violations: readonly RuleAt[] | null;
  } | null;
  /** What the option `event_type` says, by reflection. */
  readonly event_type: string | null;
};
