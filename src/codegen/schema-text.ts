/** A JSON Schema. A bigint stands for a number that JavaScript cannot print exactly. */
export type JsonSchema = { [keyword: string]: JsonSchemaValue };
export type JsonSchemaValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | JsonSchemaValue[]
  | { [key: string]: JsonSchemaValue };

/** A schema as the text of its file. Equal schemas give equal bytes. */
export function jsonSchemaText(schema: JsonSchema): string {
  return `${valueText(schema, "\n")}\n`;
}

function valueText(value: JsonSchemaValue, newLine: string): string {
  if (typeof value === "bigint") {
    return value.toString();
  }
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  const inner = `${newLine}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => valueText(item, inner))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(key)}: ${valueText(item, inner)}`,
      );
  const text = parts.length === 0 ? "" : `${inner}${parts.join(`,${inner}`)}${newLine}`;
  return Array.isArray(value) ? `[${text}]` : `{${text}}`;
}
