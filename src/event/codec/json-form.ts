import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";

/** Whether ProtoJSON has a special form for the message, as for a timestamp. */
export function hasJsonOfItsOwn(desc: DescMessage): boolean {
  return desc.file.proto.package === "google.protobuf";
}

/** Whether a value of the field is a scalar that is the same in JSON and in a message. */
export function isWrittenAsItIs({ scalar }: DescField): boolean {
  switch (scalar) {
    case undefined:
    case ScalarType.BYTES:
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return false;
    default:
      return true;
  }
}
