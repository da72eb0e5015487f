import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createValidator } from "@bufbuild/protovalidate";
import { Ajv2020 } from "ajv/dist/2020.js";
import { snakeCase } from "../../src/codegen/names.js";
import { BUF_YAML, PROJECT, VALIDATE, Workspace } from "./workspace.js";

/** What a field may hold in JSON; `undefined` leaves it out. */
export type Value = JsonValue | undefined;

/** A project with a contract of its own and the JSON Schema plugin. */
export class SchemaProject extends Workspace {
  constructor(...copied: readonly string[]) {
    super(...copied);
    this.write("buf.yaml", BUF_YAML);
    this.write(
      "buf.gen.yaml",
      `version: v2
clean: true
inputs:
  - directory: proto
    exclude_paths:
      - proto/buf
plugins:
  - local: [node, build/codegen/protoc-gen-jsonschema.js]
    out: schemas
    strategy: all
    opt:
      - target=ts
      - id_prefix=acme/
`,
    );
  }

  /** The descriptors of the contract, as every Protobuf program sees them. */
  async descriptors(): Promise<FileRegistry> {
    await this.mustRun("buf", "build", "--output", "image.binpb");
    const image = readFileSync(this.path("image.binpb"));
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  }
}

/** The contract in `protos/`, and two judges of the JSON of its messages. */
export class Acme extends SchemaProject {
  private readonly compiled = new Map<string, (document: JsonObject) => boolean>();
  private readonly validator = createValidator();
  private registry = createFileRegistry();

  private constructor() {
    super(VALIDATE);
    this.copy(join(PROJECT, "test/codegen/protos"), "proto");
  }

  /** Generates the schemas and reads the descriptors. */
  static async create(): Promise<Acme> {
    const acme = new Acme();
    await acme.mustRun("buf", "generate");
    acme.registry = await acme.descriptors();
    return acme;
  }

  descriptor(message: string): DescMessage {
    const desc = this.registry.getMessage(`acme.v1.${message}`);
    if (desc === undefined) {
      throw new Error(`no message acme.v1.${message}`);
    }
    return desc;
  }

  schema(message: string): { [keyword: string]: unknown } {
    return JSON.parse(this.read(`schemas/${snakeCase(message)}.schema.json`));
  }

  /** The verdict of the generated schema, by a strict reader that warns of nothing. */
  schemaAccepts(message: string, document: JsonObject): boolean {
    let check = this.compiled.get(message);
    if (check === undefined) {
      const complain = (...texts: unknown[]) => {
        throw new Error(`${message}: ${texts.join(" ")}`);
      };
      const ajv = new Ajv2020({
        strict: true,
        logger: { log: complain, warn: complain, error: complain },
      });
      check = ajv.compile(this.schema(message));
      this.compiled.set(message, check);
    }
    return check(document);
  }

  /** The verdict of ProtoJSON and protovalidate, as everyone has them. */
  stockAccepts(message: string, document: JsonObject): boolean {
    const desc = this.descriptor(message);
    let decoded: Message;
    try {
      decoded = fromJson(desc, document, { ignoreUnknownFields: true, registry: this.registry });
    } catch {
      return false;
    }
    const result = this.validator.validate(desc, decoded);
    if (result.kind === "error") {
      throw result.error;
    }
    return result.kind === "valid";
  }
}

/** The fields that have a value. */
export function document(fields: { readonly [name: string]: Value }): JsonObject {
  const present: JsonObject = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) {
      present[name] = value;
    }
  }
  return present;
}

export function describeValue(value: Value): string {
  return Object.is(value, -0) ? "-0" : (JSON.stringify(value) ?? "absent");
}
