import {
  clone,
  create,
  createFileRegistry,
  type DescFile,
  type DescMessage,
} from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  OneofDescriptorProtoSchema,
  StructSchema,
} from "@bufbuild/protobuf/wkt";

/** What the full names of these descriptors begin with. */
export const ORDERED_PREFIX = "ordered.";

const orderedDescs = new WeakMap<DescMessage, DescMessage>();

/**
 * A descriptor of the same wire format, in which maps are lists of entries, and
 * strings are bytes.
 */
export function orderedDesc(desc: DescMessage): DescMessage {
  const known = orderedDescs.get(desc);
  if (known !== undefined) {
    return known;
  }
  const files = withDependencies(desc.file).map((file) => {
    const proto = clone(FileDescriptorProtoSchema, file.proto);
    if (isPlainGoogle(file)) {
      return proto;
    }
    proto.package = `${ORDERED_PREFIX}${proto.package}`;
    proto.extension = [];
    for (const message of proto.messageType) {
      makeOrdered(message);
    }
    return proto;
  });
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: files }));
  const ordered = registry.getMessage(`${ORDERED_PREFIX}${desc.typeName}`);
  if (ordered === undefined) {
    throw new Error(`no ordered form of ${desc.typeName}`);
  }
  orderedDescs.set(desc, ordered);
  return ordered;
}

function withDependencies(file: DescFile): DescFile[] {
  const files = new Set<DescFile>();
  const visit = (next: DescFile): void => {
    for (const dependency of next.dependencies) {
      visit(dependency);
    }
    files.add(next);
  };
  visit(file);
  return [...files];
}

/** Google's own files hold no maps, the one of `Struct` aside. They are left as they are. */
export function isPlainGoogle(file: DescFile): boolean {
  return file.proto.package === "google.protobuf" && file !== StructSchema.file;
}

function makeOrdered(message: DescriptorProto): void {
  if (message.options?.mapEntry) {
    message.options.mapEntry = false;
    // An entry of a map has its key and its value even where they are zero.
    for (const [index, field] of message.field.entries()) {
      field.proto3Optional = true;
      field.oneofIndex = index;
      message.oneofDecl.push(create(OneofDescriptorProtoSchema, { name: `_${field.name}` }));
    }
  }
  for (const field of message.field) {
    if (field.type === FieldDescriptorProto_Type.STRING) {
      field.type = FieldDescriptorProto_Type.BYTES;
    }
    if (field.typeName !== "" && !isPlainGoogleType(field.typeName)) {
      field.typeName = `.${ORDERED_PREFIX}${field.typeName.slice(1)}`;
    }
  }
  for (const nested of message.nestedType) {
    makeOrdered(nested);
  }
}

function isPlainGoogleType(typeName: string): boolean {
  return (
    typeName.startsWith(".google.protobuf.") &&
    !StructSchema.file.messages.some((message) => typeName.startsWith(`.${message.typeName}`)) &&
    !StructSchema.file.enums.some((desc) => typeName === `.${desc.typeName}`)
  );
}
