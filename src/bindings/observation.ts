import type { NamespaceScope } from "../dossier/namespace.js";
import type { ParityHashes, RuleAt } from "./vectors.js";

/** One line of a driver's output: what it saw for one vector. */
export type Observation = {
  readonly id: string;
  /** The error of reading the JSON as ProtoJSON without options; `null` if it was read. */
  readonly plain: string | null;
  /** The same, with unknown fields ignored. The next three are about the message read so. */
  readonly lenient: string | null;
  /** The rules that the message breaks; `null` if none was read. */
  readonly violations: readonly RuleAt[] | null;
  /** The binary form of the message, as hexadecimal digits; `null` if none was read. */
  readonly binary: string | null;
  /** The ProtoJSON of the message, with no options set; `null` if none was read. */
  readonly json: string | null;
  /** The result of reading the vector's binary form; `null` if it has none. */
  readonly from_binary: {
    readonly error: string | null;
    /** Whether the message equals the one read from JSON. */
    readonly equal: boolean | null;
    readonly violations: readonly RuleAt[] | null;
  } | null;
  /** The keys of the state that was read; `null` for any other message. */
  readonly keys: StateKeys | null;
  /** The value of the option `event_type`, read by reflection; `null` if it is not set. */
  readonly event_type: string | null;
};

/** The texts that stand for a state, computed in the language from the message. */
export type StateKeys = {
  /** The key of its namespace in each scope; `null` without a namespace. */
  readonly namespace_key: { readonly [S in NamespaceScope]: string } | null;
  readonly parity_hash: ParityHashes;
};
