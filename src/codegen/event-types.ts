import { type DescExtension, type DescFile, type DescMessage, hasOption } from "@bufbuild/protobuf";
import { textOption, withNested } from "./contract-model.js";
import { constantCase } from "./names.js";

/** The event type of each message that is a payload, in order of declaration. */
export type EventTypes = ReadonlyMap<DescMessage, string>;

/** Raised when the event types of a contract cannot be its identifiers. */
export class EventTypeError extends Error {
  override readonly name = "EventTypeError";

  /** @param problems Each problem, with its file, message and option. */
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/**
 * Reads the event types that the messages of some files declare.
 *
 * @param option A string option of messages: the event type whose payload the message is.
 * @throws EventTypeError with all problems, when a type is not an identifier, when two
 * messages have the same type or constant, or when a nested message has a type.
 */
export function readEventTypes(
  files: readonly DescFile[],
  option: DescExtension | undefined,
): EventTypes {
  const types = new Map<DescMessage, string>();
  const problems: string[] = [];
  for (const message of files.flatMap((file) => file.messages).flatMap(withNested)) {
    if (option !== undefined && hasOption(message, option)) {
      const type = textOption(message, option) ?? "";
      const problem =
        message.parent === undefined
          ? problemOf(type, types)
          : `but only a message outside of others can be a payload: take it out of ${message.parent.typeName}`;
      if (problem !== undefined) {
        const place = `${message.file.name}.proto: ${message.typeName}`;
        problems.push(`${place}: the option ${option.name} is ${JSON.stringify(type)}, ${problem}`);
      }
      types.set(message, type);
    }
  }
  if (problems.length > 0) {
    throw new EventTypeError(problems);
  }
  return types;
}

/** The reason why a type conflicts with earlier ones or is invalid; `undefined` if it is fine. */
function problemOf(type: string, before: EventTypes): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(type)) {
    return "but an event type is an identifier: letters, digits and _, no digit first";
  }
  for (const [owner, other] of before) {
    if (other === type) {
      return `but that is the event type of ${owner.typeName}`;
    }
    if (constantCase(other) === constantCase(type)) {
      return `but ${JSON.stringify(other)} of ${owner.typeName} has the same constant, ${constantCase(type)}`;
    }
  }
  return undefined;
}
