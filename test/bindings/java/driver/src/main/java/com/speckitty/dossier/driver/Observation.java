package com.speckitty.dossier.driver;

import java.util.List;

/**
 * A line of the output: the results of the stock libraries for one vector.
 *
 * @param plain the error of reading the JSON as ProtoJSON without options, or null
 * @param lenient the same with unknown fields ignored
 * @param violations the violations that protovalidate finds in the message read, or null
 * @param binary the message read, as hexadecimal digits, or null
 * @param json the message read, as ProtoJSON, or null
 * @param fromBinary the result of reading the vector's bytes, or null if it has none
 * @param keys the keys of the state read, or null for any other message
 * @param eventType the option {@code event_type} of the message, or null if it is not set
 */
record Observation(
    String id,
    String plain,
    String lenient,
    List<RuleAt> violations,
    String binary,
    String json,
    FromBinary fromBinary,
    StateKeys keys,
    String eventType) {

  /** The id of a rule, and the path of the field that breaks it. */
  record RuleAt(String field, String rule) {}

  /**
   * The result of reading the vector's bytes.
   *
   * @param equal whether the message equals the one read from JSON, or null if either is missing
   */
  record FromBinary(String error, Boolean equal, List<RuleAt> violations) {}
}
