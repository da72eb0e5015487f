import { join } from "node:path";
import {
  type DescMessage,
  type FileRegistry,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
} from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import { Ajv2020 } from "ajv/dist/2020.js";
import { jsonSchemaPlugin } from "../../src/codegen/json-schema-plugin.js";
import { snakeCase } from "../../src/codegen/names.js";
import { Image } from "./image.js";
import { BUF_YAML, PROJECT, VALIDATE, Workspace } from "./workspace.js";

/** The value of a field in JSON; `undefined` leaves it out. */
export type Value = JsonValue | undefined;

function complain(...texts: unknown[]): never {
  throw new Error(texts.join(" "));
}

/** A strict reader that warns of nothing. */
const ajv = new Ajv2020({
  strict: true,
  logger: { log: complain, warn: complain, error: complain },
});

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
}

/** A project with the contract in `protos/`. */
export function acmeProject(): SchemaProject {
  const project = new SchemaProject(VALIDATE);
  project.copy(join(PROJECT, "test/codegen/protos"), "proto");
  return project;
}

/** The contract in `protos/`, and two judges of the JSON of its messages. */
export class Acme {
  private readonly compiled = new Map<string, (document: JsonObject) => boolean>();
  private readonly validator = createValidator();
  private readonly registry: FileRegistry;
  /** The text of each schema, by its file. */
  readonly schemas: ReadonlyMap<string, string>;

  private constructor(readonly image: Image) {
    this.registry = image.registry();
    this.schemas = this.generate();
  }

  /** Compiles the contract and generates the schemas. */
  static async create(): Promise<Acme> {
    return new Acme(await Image.of(acmeProject()));
  }

  generate(): Map<string, string> {
    return this.image.generate(jsonSchemaPlugin, "acme/", "id_prefix=acme/");
  }

  descriptor(message: string): DescMessage {
    const desc = this.registry.getMessage(`acme.v1.${message}`);
    if (desc === undefined) {
      throw new Error(`no message acme.v1.${message}`);
    }
    return desc;
  }

  /** The text of the schema of a message. */
  text(message: string): string {
    return this.schemas.get(`${snakeCase(message)}.schema.json`) ?? "";
  }

  schema(message: string): { [keyword: string]: unknown } {
    return JSON.parse(this.text(message));
  }

  /** The verdict of the generated schema. */
  schemaAccepts(message: string, document: JsonObject): boolean {
    let check = this.compiled.get(message);
    if (check === undefined) {
      // Each contract has messages of these names.
      const { $id: _, ...schema } = this.schema(message);
      check = ajv.compile(schema);
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
