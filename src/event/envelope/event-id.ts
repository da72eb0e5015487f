/**
 * The canonical spelling of an event id that the contract accepts: a ULID in
 * upper case, a UUID in lower case with hyphens. Two ids are the same id exactly
 * when their canonical spellings are equal.
 *
 * Anything that has the length of neither is given back as it is.
 */
export function canonicalEventId(id: string): string {
  switch (id.length) {
    case 26:
      return id.toUpperCase();
    case 32:
      return id.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    case 36:
      return id.toLowerCase();
    default:
      return id;
  }
}
