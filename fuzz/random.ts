/** A number of 32 bits for each text. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0;
}

/** The items in another order, which depends on the seed alone. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, index) => ({ item, key: hashOf(`${seed} ${index}`) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
