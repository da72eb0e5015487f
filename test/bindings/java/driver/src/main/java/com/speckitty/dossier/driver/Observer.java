package com.speckitty.dossier.driver;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.speckitty.dossier.driver.Observation.FromBinary;
import com.speckitty.dossier.driver.Observation.RuleAt;
import com.speckitty.dossier.v1.MissionDossierState;
import com.speckitty.dossier.v1.OptionsProto;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;

/** Runs the stock libraries on vectors. */
final class Observer {
  private static final JsonFormat.Parser PLAIN = JsonFormat.parser();
  private static final JsonFormat.Parser LENIENT = PLAIN.ignoringUnknownFields();

  private final Validator validator = ValidatorFactory.newBuilder().build();

  /** Reads the vector as a message of the type of {@code prototype}, and returns the results. */
  Observation observe(Vector vector, Message prototype) throws IOException, ValidationException {
    Read plain = fromJson(PLAIN, vector.json, prototype);
    Read lenient = fromJson(LENIENT, vector.json, prototype);
    Message message = lenient.message();
    return new Observation(
        vector.id,
        plain.error(),
        lenient.error(),
        message == null ? null : violations(message),
        message == null ? null : toHex(message),
        message == null ? null : JsonFormat.printer().print(message),
        vector.binary == null ? null : fromBinary(vector.binary, prototype, message),
        message instanceof MissionDossierState state ? StateKeys.of(state) : null,
        eventType(prototype));
  }

  /** A message, or the error of reading it. */
  private record Read(Message message, String error) {}

  private static Read fromJson(JsonFormat.Parser parser, String json, Message prototype) {
    Message.Builder builder = prototype.newBuilderForType();
    try {
      parser.merge(json, builder);
      return new Read(builder.build(), null);
    } catch (InvalidProtocolBufferException e) {
      // toString, because the message of the exception may be null.
      return new Read(null, e.toString());
    }
  }

  private FromBinary fromBinary(String hex, Message prototype, Message fromJson)
      throws ValidationException {
    Message message;
    try {
      message = prototype.getParserForType().parseFrom(HexFormat.of().parseHex(hex));
    } catch (InvalidProtocolBufferException e) {
      return new FromBinary(e.toString(), null, null);
    }
    Boolean equal = fromJson == null ? null : message.equals(fromJson);
    return new FromBinary(null, equal, violations(message));
  }

  private List<RuleAt> violations(Message message) throws ValidationException {
    return validator.validate(message).toProto().getViolationsList().stream()
        .map(violation -> new RuleAt(dotted(violation.getField()), violation.getRuleId()))
        .toList();
  }

  /** A path as text, since the library's own method for it is not public. */
  private static String dotted(FieldPath path) {
    StringBuilder text = new StringBuilder();
    for (FieldPathElement element : path.getElementsList()) {
      text.append(text.isEmpty() ? "" : ".").append(element.getFieldName());
      switch (element.getSubscriptCase()) {
        case INDEX -> text.append('[').append(element.getIndex()).append(']');
        case BOOL_KEY -> text.append('[').append(element.getBoolKey()).append(']');
        case INT_KEY -> text.append('[').append(element.getIntKey()).append(']');
        case UINT_KEY ->
            text.append('[').append(Long.toUnsignedString(element.getUintKey())).append(']');
        case STRING_KEY ->
            text.append('[').append(new JsonPrimitive(element.getStringKey())).append(']');
        case SUBSCRIPT_NOT_SET -> {}
      }
    }
    return text.toString();
  }

  /** Deterministic, since the entries of a map would otherwise be in any order. */
  private static String toHex(Message message) throws IOException {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream output = CodedOutputStream.newInstance(bytes);
    output.useDeterministicSerialization();
    message.writeTo(output);
    output.checkNoSpaceLeft();
    return HexFormat.of().formatHex(bytes);
  }

  private static String eventType(Message prototype) {
    var options = prototype.getDescriptorForType().getOptions();
    return options.hasExtension(OptionsProto.eventType)
        ? options.getExtension(OptionsProto.eventType)
        : null;
  }
}
