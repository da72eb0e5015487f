package com.speckitty.dossier.driver;

/** The fields of a vector that the driver uses. A class, since this Gson cannot fill records. */
final class Vector {
  String id;
  String message;
  String json;

  /** Null if the JSON cannot be read as the message. */
  String binary;

  boolean isComplete() {
    return id != null && message != null && json != null;
  }
}
