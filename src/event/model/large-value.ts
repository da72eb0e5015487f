/** How many violations of one value are listed. */
export const MAX_LISTED = 10_000;

/** The most items and members of a value whose violations are all listed. */
const MAX_SIZE = 50_000;

/** Whether a value has more items and members than {@link MAX_SIZE}, over all levels. */
export function isLarge(value: unknown): boolean {
  const open: unknown[] = [value];
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null || ArrayBuffer.isView(next)) {
      continue;
    }
    const object = next as { readonly [key: string]: unknown };
    for (const key in object) {
      if (++count > MAX_SIZE) {
        return true;
      }
      const item = object[key];
      if (typeof item === "object" && item !== null) {
        open.push(item);
      }
    }
  }
  return false;
}
