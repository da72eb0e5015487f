import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { JsonMap } from "../event/json/json-object.js";
import { ByteReader, ByteWriter, MARGIN, TAG } from "./packed-bytes.js";
import { Vocabulary } from "./vocabulary.js";

/**
 * Many values of one message, as wire JSON that the contract accepts, in a few
 * bytes each. The layout is described in `checkpoint.proto`.
 */
export class PackedMessages {
  private readonly plan: Plan;
  private readonly writer = new ByteWriter();
  /** The vocabularies of the string fields, in the order of the fields. */
  private readonly vocabularies: readonly Vocabulary[];
  /** How many strings each had before the value that may be forgotten. */
  private readonly marks: number[] = [];

  /**
   * @param vocabularyOf Gives the vocabulary of a string field, where that should
   * not be one of its own.
   */
  constructor(desc: DescMessage, vocabularyOf: (field: DescField) => Vocabulary | undefined) {
    this.plan = planOf(desc);
    this.vocabularies = this.plan.texts.map((field) => vocabularyOf(field) ?? new Vocabulary());
  }

  /** What {@link readerOf} needs to read the values elsewhere. */
  get content(): PackedContent {
    return {
      chunks: this.writer.used,
      vocabularies: this.vocabularies.map(({ strings }) => strings),
    };
  }

  /**
   * Reads what others like this have packed.
   *
   * @throws RangeError when they cannot have, because a vocabulary would not take its
   * strings: each value that refers to them would get a copy here.
   */
  readerOf(content: PackedContent): PackedReader {
    for (const [column, strings] of content.vocabularies.entries()) {
      const vocabulary = this.vocabularies[column];
      if (!strings.every((text) => vocabulary?.mayTake(text))) {
        throw new RangeError("a vocabulary has a string that is too long for it");
      }
    }
    return new PackedReader(this.plan, content);
  }

  /** Keeps a value, and gives its position. */
  add(json: JsonMap): number {
    this.writer.begin();
    writeRow(this.writer, this.plan.row, json, this.vocabularies);
    return this.writer.position();
  }

  /** Makes the value that is added next one that can be forgotten. */
  mark(): void {
    for (let column = 0; column < this.vocabularies.length; column++) {
      this.marks[column] = this.vocabularies[column]?.strings.length ?? 0;
    }
  }

  /** Forgets the value that was added after the mark, and the strings that came with it. */
  forgetMarked(): void {
    this.writer.rewind();
    for (let column = 0; column < this.vocabularies.length; column++) {
      this.vocabularies[column]?.shrink(this.marks[column] ?? 0);
    }
  }

  /** Whether the value that was added last is, byte for byte, the one at a position. */
  lastEquals(position: number): boolean {
    return this.writer.equal(this.writer.position(), position);
  }

  /** The value at a position, of the fields of the message that it has. */
  get(position: number): JsonMap {
    const { chunks } = this.writer;
    const strings = (column: number): readonly string[] => this.vocabularies[column]?.strings ?? [];
    return readRow(new ByteReader(chunks, position), this.plan.row, strings);
  }
}

/** Packed values, and the strings that they refer to. */
export type PackedContent = {
  readonly chunks: readonly Uint8Array[];
  readonly vocabularies: readonly (readonly string[])[];
};

/** Reads what others have packed, or say that they have. */
export class PackedReader {
  /** How many bytes no value has had yet. */
  private left: number;

  constructor(
    private readonly plan: Plan,
    private readonly content: PackedContent,
  ) {
    this.left = content.chunks.reduce((length, chunk) => length + chunk.length, 0);
  }

  /**
   * The value at a position. Each must be asked for once.
   *
   * @throws RangeError when there is none, or values share their bytes: a little that
   * is made up would become very much.
   */
  read(position: number): JsonMap {
    const { chunks, vocabularies } = this.content;
    const strings = (column: number): readonly string[] => vocabularies[column] ?? [];
    const bytes = new ByteReader(chunks, position);
    const json = readRow(bytes, this.plan.row, strings);
    this.left -= bytes.length;
    if (this.left < 0) {
      throw new RangeError("packed values share their bytes");
    }
    return json;
  }
}

/** The cells of a message, and its string fields, those of nested messages in their place. */
type Plan = { readonly row: Row; readonly texts: readonly DescField[] };
type Row = readonly Cell[];
/** All cells have one shape, for the sake of speed. */
type Cell = {
  readonly name: string;
  readonly isList: boolean;
  readonly kind: CellKind;
  /** Which of the vocabularies is that of a text. */
  readonly column: number;
  /** The cells of a message. */
  readonly row: Row;
};
type CellKind = typeof TEXT | typeof INTEGER | typeof BOOL | typeof MESSAGE;

const TEXT = 0;
const INTEGER = 1;
const BOOL = 2;
const MESSAGE = 3;

const plans = new WeakMap<DescMessage, Plan>();

function planOf(desc: DescMessage): Plan {
  const known = plans.get(desc);
  if (known !== undefined) {
    return known;
  }
  const texts: DescField[] = [];
  const plan = { row: planRow(desc, texts), texts };
  plans.set(desc, plan);
  return plan;
}

function planRow(desc: DescMessage, texts: DescField[]): Row {
  return desc.fields.map((field) => {
    const kind = cellKind(field);
    return {
      name: field.jsonName,
      isList: field.fieldKind === "list",
      kind,
      column: kind === TEXT ? texts.push(field) - 1 : -1,
      row: field.message === undefined ? [] : planRow(field.message, texts),
    };
  });
}

function cellKind(field: DescField): CellKind {
  if (field.message !== undefined && field.fieldKind !== "map") {
    return MESSAGE;
  }
  switch (field.scalar) {
    case ScalarType.STRING:
      return TEXT;
    case ScalarType.INT32:
    case ScalarType.INT64:
      return INTEGER;
    case ScalarType.BOOL:
      return BOOL;
    default:
      throw new TypeError(`${field} cannot be packed`);
  }
}

function writeRow(
  writer: ByteWriter,
  row: Row,
  json: JsonMap,
  vocabularies: readonly Vocabulary[],
): void {
  for (const cell of row) {
    // Enough for any cell but one with a long text, which sees to it itself.
    writer.reserve(MARGIN);
    const value = json[cell.name];
    if (value === undefined || value === null) {
      writer.chunk[writer.at++] = TAG.absent;
    } else if (cell.isList) {
      writeList(writer, cell, Array.isArray(value) ? value : [], vocabularies);
    } else {
      writeElement(writer, cell, value, vocabularies);
    }
  }
}

function writeList(
  writer: ByteWriter,
  cell: Cell,
  items: readonly unknown[],
  vocabularies: readonly Vocabulary[],
): void {
  if (items.length === 0) {
    writer.chunk[writer.at++] = TAG.absent;
    return;
  }
  writer.chunk[writer.at++] = TAG.list;
  writer.number(items.length);
  for (const item of items) {
    writer.reserve(MARGIN);
    writeElement(writer, cell, item, vocabularies);
  }
}

function writeElement(
  writer: ByteWriter,
  cell: Cell,
  value: unknown,
  vocabularies: readonly Vocabulary[],
): void {
  switch (cell.kind) {
    case TEXT:
      writeText(writer, value as string, vocabularies[cell.column] as Vocabulary);
      break;
    case INTEGER:
      writeInteger(writer, value);
      break;
    case BOOL:
      writer.chunk[writer.at++] = value === true ? TAG.message : TAG.absent;
      break;
    case MESSAGE:
      writer.chunk[writer.at++] = TAG.message;
      writeRow(writer, cell.row, value as JsonMap, vocabularies);
      break;
  }
}

function writeText(writer: ByteWriter, text: string, vocabulary: Vocabulary): void {
  const index = vocabulary.indexOf(text);
  if (index < 0 || index >= INDEX24_LIMIT) {
    writer.text(text);
  } else if (index < INDEX13_TAG) {
    writer.chunk[writer.at++] = index;
  } else if (index < INDEX13_LIMIT) {
    const rest = index - INDEX13_TAG;
    writer.chunk[writer.at++] = INDEX13_TAG | (rest >>> 8);
    writer.chunk[writer.at++] = rest;
  } else {
    writer.chunk[writer.at++] = TAG.index24;
    writer.chunk[writer.at++] = index;
    writer.chunk[writer.at++] = index >>> 8;
    writer.chunk[writer.at++] = index >>> 16;
  }
}

const INDEX13_TAG = 192;
const INDEX13_LIMIT = INDEX13_TAG + 2 ** 13;
const INDEX24_LIMIT = 2 ** 24;

function writeInteger(writer: ByteWriter, value: unknown): void {
  const number = Number(value);
  if (number >= 0 && Number.isSafeInteger(number)) {
    writer.chunk[writer.at++] = TAG.number;
    writer.number(number);
  } else {
    writer.text(BigInt(typeof value === "string" ? value : number).toString());
  }
}

type Strings = (column: number) => readonly string[];

function readRow(reader: ByteReader, row: Row, strings: Strings): JsonMap {
  const json: { [name: string]: unknown } = {};
  for (const cell of row) {
    const tag = reader.byte();
    if (cell.isList) {
      if (tag === TAG.list) {
        const length = reader.number();
        const items: unknown[] = [];
        while (items.length < length) {
          items.push(readElement(reader, cell, reader.byte(), strings));
        }
        json[cell.name] = items;
      }
    } else if (tag !== TAG.absent) {
      json[cell.name] = readElement(reader, cell, tag, strings);
    }
  }
  return json;
}

function readElement(reader: ByteReader, cell: Cell, tag: number, strings: Strings): unknown {
  switch (cell.kind) {
    case TEXT:
      return readText(reader, tag, strings(cell.column));
    case INTEGER: {
      if (tag === TAG.number) {
        return reader.number();
      }
      const digits = reader.text(tag);
      return Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
    }
    case BOOL:
      return tag === TAG.message;
    case MESSAGE:
      return readRow(reader, cell.row, strings);
  }
}

function readText(reader: ByteReader, tag: number, strings: readonly string[]): string {
  if (tag > TAG.index24) {
    return reader.text(tag);
  }
  const index =
    tag < INDEX13_TAG
      ? tag
      : tag < TAG.index24
        ? INDEX13_TAG + (((tag - INDEX13_TAG) << 8) | reader.byte())
        : reader.byte() | (reader.byte() << 8) | (reader.byte() << 16);
  const text = strings[index];
  if (text === undefined) {
    throw new RangeError(`there is no string ${index}`);
  }
  return text;
}
