/**
 * Orders two texts by code point, as for `Array.prototype.sort`. JavaScript itself compares
 * UTF-16 units, which puts `U+1F600` before `U+FF5E`.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const order = place(a.charCodeAt(index)) - place(b.charCodeAt(index));
    if (order !== 0) {
      return order;
    }
  }
  return a.length - b.length;
}

/** The place of a unit: code points beyond `U+FFFF`, written as surrogates, come last. */
function place(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit;
}
