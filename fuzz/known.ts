/** A message without the fields that the contract does not know, which JSON does not keep. */
export function known(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(known);
  }
  if (Symbol.iterator in value) {
    // The only map that iterates is the one of a state's artifacts.
    return new Map([...(value as ReadonlyMap<unknown, unknown>)].map(([k, v]) => [k, known(v)]));
  }
  const isMessage = "$typeName" in value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      isMessage && key === "$unknown" ? [] : [[key, known(item)]],
    ),
  );
}
