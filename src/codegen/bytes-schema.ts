import type {
  BytesRules as ProtoBytesRules,
  StringRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { JsonSchema } from "./schema-text.js";
import { setRules } from "./set-rules.js";

/** The number of bytes that a value may have. */
export type BytesRules = { readonly minLen?: number; readonly maxLen?: number };

const FOUR = "(?:[A-Za-z0-9+/_-]{4})*";
const TWO = "[A-Za-z0-9+/_-]{2}";
const THREE = "[A-Za-z0-9+/_-]{3}";

/**
 * The schema of bytes: Base64 in the standard or the URL-safe alphabet, with or without padding.
 *
 * @param nonEmpty Whether no bytes are rejected, too.
 */
export function bytesSchema(rules: BytesRules, nonEmpty: boolean): JsonSchema {
  const base64 = { type: "string", contentEncoding: "base64" };
  const minLen = Math.max(rules.minLen ?? 0, nonEmpty ? 1 : 0);
  const { maxLen } = rules;
  if (minLen <= 1 && maxLen === undefined) {
    return {
      ...base64,
      pattern: `^${FOUR}(?:${TWO}(?:==)?|${THREE}=?)?$`,
      ...(minLen === 1 ? { minLength: 1 } : {}),
    };
  }
  // A length alone does not tell the bytes: "AQ==" has one, "AQID" has three.
  const form = (pattern: string, padding: number): JsonSchema => ({
    ...base64,
    pattern,
    minLength: digits(minLen) + padding,
    ...(maxLen === undefined ? {} : { maxLength: digits(maxLen) + padding }),
  });
  return {
    anyOf: [
      form(`^${FOUR}(?:${TWO}|${THREE})?$`, 0),
      form(`^${FOUR}${THREE}=$`, 1),
      form(`^${FOUR}${TWO}==$`, 2),
    ],
  };
}

/** How many digits of Base64 hold a number of bytes, without padding. */
function digits(bytes: number): number {
  return Math.ceil((4 * bytes) / 3);
}

/** Reads the rules of bytes for their number, or those of a string for its characters. */
export function lengthRules(rules: ProtoBytesRules | StringRules): BytesRules {
  const set = setRules(rules);
  const length = set.includes("len") ? [rules.len] : [];
  const least = [...length, ...(set.includes("min_len") ? [rules.minLen] : [])].map(Number);
  const most = [...length, ...(set.includes("max_len") ? [rules.maxLen] : [])].map(Number);
  return {
    ...(least.length === 0 ? {} : { minLen: Math.max(...least) }),
    ...(most.length === 0 ? {} : { maxLen: Math.min(...most) }),
  };
}
