package com.speckitty.dossier.driver;

import java.util.List;

/**
 * A line of the output: what the stock libraries made of a vector.
 *
 * @param plain why ProtoJSON without options cannot read the JSON, or null
 * @param lenient the same where unknown fields are ignored
 * @param violations what protovalidate says of the message that was read, or null
 * @param binary the message that was read, as hexadecimal digits, or null
 * @param json the message that was read, as ProtoJSON, or null
 * @param fromBinary what became of the vector's bytes, or null where it has none
 * @param eventType the option {@code event_type} of the message, or null where it is not set
 */
record Observation(
    String id,
    String plain,
    String lenient,
    List<RuleAt> violations,
    String binary,
    String json,
    FromBinary fromBinary,
    String eventType) {

  /** A rule, by its id, and the path of the field that breaks it. */
  record RuleAt(String field, String rule) {}

  /**
   * What became of the vector's bytes.
   *
   * @param equal whether they are the message that the JSON is, or null where one was not read
   */
  record FromBinary(String error, Boolean equal, List<RuleAt> violations) {}
}
