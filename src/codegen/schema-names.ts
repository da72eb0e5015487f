import type { DescMessage } from "@bufbuild/protobuf";
import { snakeCase } from "./names.js";

/**
 * The name of each message's schema, in `$id` and as a file: `artifact_identity`. Messages
 * that would share such a name have their full names instead: `acme.v1.Event`.
 */
export function schemaNames(messages: readonly DescMessage[]): Map<DescMessage, string> {
  const counts = new Map<string, number>();
  for (const { name } of messages) {
    counts.set(snakeCase(name), (counts.get(snakeCase(name)) ?? 0) + 1);
  }
  return new Map(
    messages.map((message) => {
      const name = snakeCase(message.name);
      return [message, counts.get(name) === 1 ? name : message.typeName];
    }),
  );
}

/**
 * The name under `$defs` of each message that a schema may refer to. It leaves out the package
 * of the root, unless another message has the rest as its full name.
 */
export function definitionNames(root: DescMessage): Map<DescMessage, string> {
  const messages = reachable(root);
  const fullNames = new Set([...messages].map(({ typeName }) => typeName));
  const prefix = `${root.file.proto.package}.`;
  return new Map(
    [...messages].map((message) => {
      const isOwn = message.file.proto.package === root.file.proto.package;
      const short = isOwn && prefix !== "." ? message.typeName.slice(prefix.length) : "";
      return [message, short === "" || fullNames.has(short) ? message.typeName : short];
    }),
  );
}

/** A message, and all that its fields hold, directly or not. */
export function reachable(root: DescMessage): Set<DescMessage> {
  const found = new Set([root]);
  // A set also visits the members that are added while it is read.
  for (const { fields } of found) {
    for (const { message } of fields) {
      if (message !== undefined) {
        found.add(message);
      }
    }
  }
  return found;
}
