import type { DescMessage } from "@bufbuild/protobuf";
import type { GeneratedFile } from "@bufbuild/protoplugin";
import { commentOf, jsonTypeName } from "./contract-model.js";
import type { Envelope } from "./envelope.js";
import type { EventTypes } from "./event-types.js";
import { constantCase, pascalCase } from "./names.js";
import { propertyName } from "./property-name.js";
import { valueTypeName } from "./value-types.js";

type DeclaredEvent = {
  readonly type: string;
  readonly constant: string;
  readonly message: DescMessage;
};

/**
 * Prints the event types of a package, and for each the message of its payload, the types
 * of its payload, and the wire JSON of the whole event.
 */
export function printEvents(
  f: GeneratedFile,
  packageName: string,
  messages: readonly DescMessage[],
  eventTypes: EventTypes,
  envelope: Envelope | undefined,
): void {
  const events = messages.flatMap((message) => {
    const type = eventTypes.get(message);
    return type === undefined ? [] : [{ type, constant: constantCase(type), message }];
  });
  if (events.length === 0) {
    return;
  }
  for (const { type, constant, message } of events) {
    f.print(f.jsDoc(commentOf(message)));
    f.print("export const ", constant, " = ", f.string(type), ";");
    f.print();
  }
  const subject =
    packageName
      .split(".")
      .filter((part) => !/^v[0-9]/.test(part))
      .at(-1) ?? "";
  const allTypes = `${constantCase(subject)}_EVENT_TYPES`;
  const typeName = `${pascalCase(subject)}EventType`;
  f.print(f.jsDoc("Every event type of the contract, in the order of declaration. Frozen."));
  f.print("export const ", allTypes, " = /* @__PURE__ */ Object.freeze([");
  for (const { constant } of events) {
    f.print("  ", constant, ",");
  }
  f.print("] as const);");
  f.print();
  f.print(f.jsDoc(`One of {@link ${allTypes}}.`));
  f.print("export type ", typeName, " = (typeof ", allTypes, ")[number];");
  f.print();
  printRegistry(f, events);
  printPayloadTypes(f, events);
  if (envelope !== undefined && messages.includes(envelope.message)) {
    printEventJson(f, envelope, `${pascalCase(subject)}EventJson`, typeName);
  }
}

function printRegistry(f: GeneratedFile, events: readonly DeclaredEvent[]): void {
  f.print(f.jsDoc("The message of the payload that goes with each event type. Frozen."));
  // The keys are plain, since bundlers keep a table whose keys have to be computed.
  f.print("export const PAYLOAD_SCHEMAS = /* @__PURE__ */ Object.freeze({");
  for (const { type, message } of events) {
    f.print("  ", propertyName(f, type), ": ", f.importSchema(message), ",");
  }
  f.print("} as const);");
  f.print();
}

function printPayloadTypes(f: GeneratedFile, events: readonly DeclaredEvent[]): void {
  f.print(f.jsDoc("The wire JSON of the payload that goes with each event type."));
  f.print("export type PayloadJson = {");
  for (const { type, message } of events) {
    f.print("  ", propertyName(f, type), ": ", jsonTypeName(message), ";");
  }
  f.print("};");
  f.print();
  f.print(
    f.jsDoc("The payload that goes with each event type, once the contract has accepted it."),
  );
  f.print("export type PayloadValue = {");
  for (const { type, message } of events) {
    f.print("  readonly ", propertyName(f, type), ": ", valueTypeName(message), ";");
  }
  f.print("};");
  f.print();
}

function printEventJson(
  f: GeneratedFile,
  { message, typeField, payloadField }: Envelope,
  name: string,
  typeName: string,
): void {
  const [type, payload] = [typeField, payloadField].map(({ jsonName }) =>
    propertyName(f, jsonName),
  );
  const keys = [typeField, payloadField].map(({ jsonName }) => JSON.stringify(jsonName));
  f.print(
    f.jsDoc(
      "The wire JSON of an event of the contract: its envelope, and the payload that goes with " +
        `its event type. A union that \`${typeField.jsonName}\` discriminates.`,
    ),
  );
  f.print("export type ", name, "<T extends ", typeName, " = ", typeName, "> = {");
  f.print("  [K in T]: Omit<", jsonTypeName(message), ", ", keys.join(" | "), "> & {");
  f.print(f.jsDoc(commentOf(typeField), "    "));
  f.print("    ", type ?? "", ": K;");
  f.print(f.jsDoc(`What happened in detail.`, "    "));
  f.print("    ", payload ?? "", ": PayloadJson[K];");
  f.print("  };");
  f.print("}[T];");
  f.print();
}
