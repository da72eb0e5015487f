/**
 * A message type made read-only all the way down, its maps as {@link ReadonlyMap}, without
 * unknown fields.
 */
export type Immutable<T> = T extends string | number | bigint | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Immutable<Item>[]
    : string extends keyof T
      ? ReadonlyMap<string, Immutable<T[string & keyof T]>>
      : { readonly [K in keyof T as Exclude<K, "$unknown">]: Immutable<T[K]> };

/** Data made read-only all the way down. */
export type Frozen<T> = T extends string | number | bigint | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : { readonly [K in keyof T]: Frozen<T[K]> };

/** Any value of JSON, read-only all the way down. */
export type FrozenJson =
  | string
  | number
  | boolean
  | null
  | readonly FrozenJson[]
  | FrozenJsonObject;

/** An object of JSON, read-only all the way down. */
export interface FrozenJsonObject {
  readonly [key: string]: FrozenJson;
}

/** Freezes a value and everything in it. */
export function deepFreeze<T>(value: T): T {
  // The bytes of unknown fields cannot be frozen.
  if (
    typeof value === "object" &&
    value !== null &&
    !Object.isFrozen(value) &&
    !ArrayBuffer.isView(value)
  ) {
    Object.freeze(value);
    for (const item of value instanceof FrozenMap ? value.values() : Object.values(value)) {
      deepFreeze(item);
    }
  }
  return value;
}

/**
 * An immutable map. `Object.freeze` does not stop the methods of a `Map`, so the entries are
 * private.
 */
export class FrozenMap<K, V> implements ReadonlyMap<K, V> {
  readonly #entries: ReadonlyMap<K, V>;

  constructor(entries: Iterable<readonly [K, V]>) {
    this.#entries = new Map(entries);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void, thisArg?: unknown): void {
    for (const [key, value] of this.#entries) {
      callback.call(thisArg, value, key, this);
    }
  }

  entries(): MapIterator<[K, V]> {
    return this.#entries.entries();
  }

  keys(): MapIterator<K> {
    return this.#entries.keys();
  }

  values(): MapIterator<V> {
    return this.#entries.values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "FrozenMap";
  }

  /** The form that `console.log` shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): ReadonlyMap<K, V> {
    return new Map(this.#entries);
  }
}
