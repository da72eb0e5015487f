import type { GeneratedFile, Printable } from "@bufbuild/protoplugin";

/** A key as formatters print it: in quotes where it must be. */
export function propertyName(f: GeneratedFile, key: string): Printable {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : f.string(key);
}
