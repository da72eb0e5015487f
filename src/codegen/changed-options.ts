import {
  createFileRegistry,
  type DescExtension,
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  getOption,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/**
 * Lists the changed custom options of messages and fields. These are facts of the
 * contract, such as the event type of a payload, that neither `buf breaking` nor a JSON
 * Schema sees.
 *
 * @param before The released contract, as an image written by `buf build`.
 * @param now The contract as it is now, likewise.
 * @param isWording Whether an option, given by its name, is only text for people.
 */
export function changedOptions(
  before: Uint8Array,
  now: Uint8Array,
  isWording: (name: string) => boolean,
): string[] {
  const registry = readImage(now);
  const released = readImage(before);
  return [...released].flatMap((desc) => {
    const next = desc.kind === "message" ? registry.getMessage(desc.typeName) : undefined;
    // `buf breaking` reports a message that is gone.
    if (desc.kind !== "message" || next === undefined) {
      return [];
    }
    return [
      ...changes(desc, next, released, registry, isWording),
      ...desc.fields.flatMap((field) => {
        const nextField = next.fields.find(({ number }) => number === field.number);
        return nextField === undefined
          ? []
          : changes(field, nextField, released, registry, isWording);
      }),
    ];
  });
}

function changes(
  before: DescMessage | DescField,
  now: DescMessage | DescField,
  released: FileRegistry,
  registry: FileRegistry,
  isWording: (name: string) => boolean,
): string[] {
  return [...released].flatMap((option) => {
    if (option.kind !== "extension" || isWording(option.name) || !isContractOption(option)) {
      return [];
    }
    const extendee = before.kind === "message" ? "MessageOptions" : "FieldOptions";
    const next = registry.getExtension(option.typeName);
    if (option.extendee.name !== extendee || next === undefined) {
      return [];
    }
    const [was, is] = [getOption(before, option), getOption(now, next)].map((value) =>
      JSON.stringify(value),
    );
    const place = before.kind === "message" ? before.typeName : before.toString();
    return was === is ? [] : [`${place}: the option ${option.name} is now ${is}, was ${was}`];
  });
}

/** Whether the contract itself declares an option, and the option holds a single value. */
function isContractOption(option: DescExtension): boolean {
  const { package: packageName } = option.file.proto;
  return option.fieldKind === "scalar" && !/^(?:google\.protobuf|buf\.validate)$/.test(packageName);
}

function readImage(bytes: Uint8Array): FileRegistry {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
}
