package com.speckitty.dossier.driver;

/** What the driver needs of a line of the vectors. A class, as this Gson cannot fill records. */
final class Vector {
  String id;
  String message;
  String json;

  /** Null where the JSON is no such message. */
  String binary;

  boolean isComplete() {
    return id != null && message != null && json != null;
  }
}
