import fc from "fast-check";
import { anyText, anyToken, DEPTHS, KEYS, nested } from "./tokens.js";

// JSON is mutated as text: so a key can stand twice, and a number be one that no number
// of JavaScript holds.

/** A value in JSON text. */
type Place = {
  /** The text of its key, if it has one. */
  readonly key: string | undefined;
  /** The object or list that holds it. */
  readonly holder: Place | undefined;
  /** Where its key begins, or else it. */
  readonly from: number;
  readonly start: number;
  end: number;
};

/** Gives the text with something changed at a place. */
type Edit = (text: string, place: Place, all: readonly Place[]) => string;

/** An edit of the text of a value alone. */
function within(change: (value: string) => string): Edit {
  return (text, { start, end }) => put(text, start, end, change(text.slice(start, end)));
}

/** {@link within} for text. The others stay as they are. */
function withinText(change: (value: string) => string): Edit {
  return within((value) => (value.startsWith('"') ? change(value) : value));
}

const anyKey = fc
  .oneof({ weight: 4, arbitrary: fc.constantFrom(...KEYS) }, anyText)
  .map((key) => JSON.stringify(key));

const at = fc.nat({ max: 9999 });

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: anyToken.map((token) => within(() => token)) },
  { weight: 4, arbitrary: at.map(borrow) },
  { weight: 3, arbitrary: fc.constant<Edit>(drop) },
  { weight: 3, arbitrary: fc.tuple(anyKey, anyToken).map((member) => add(...member)) },
  { weight: 2, arbitrary: fc.constant<Edit>(repeat) },
  { weight: 2, arbitrary: anyKey.map(rename) },
  { weight: 2, arbitrary: fc.tuple(at, fc.constantFrom(...KEYS)).map((two) => insert(...two)) },
  fc
    .tuple(fc.constantFrom(...DEPTHS.slice(0, -2)), fc.option(fc.constantFrom(...KEYS)))
    .map(([depth, key]) => within((value) => nested(depth, value, key ?? undefined))),
  fc.constant(within((value) => JSON.stringify(value))),
  fc.constant(within((value) => (/^"[1-9][0-9]*"$/.test(value) ? value.slice(1, -1) : value))),
  fc.constant(within((value) => (/^[0-9]+$/.test(value) ? `${BigInt(value) + 1n}` : value))),
  fc.constant(withinText((value) => JSON.stringify(JSON.parse(value).toUpperCase()))),
  fc.constant(withinText((value) => JSON.stringify(JSON.parse(value).toLowerCase()))),
);

/** JSON text of one of the values, mutated a little. */
export function mutatedJson(bases: readonly unknown[], maxEdits = 4): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...bases), fc.array(fc.tuple(at, edit), { maxLength: maxEdits }))
    .map(([base, edits]) =>
      edits.reduce((text, [index, apply]) => {
        const all = placesIn(text);
        const place = all[index % all.length];
        return place === undefined ? text : apply(text, place, all);
      }, JSON.stringify(base)),
    );
}

/** The texts of the items of a list; of anything else, itself. */
export function itemsOf(text: string): string[] {
  const [root, ...others] = placesIn(text);
  return text.startsWith("[")
    ? others.flatMap(({ holder, start, end }) => (holder === root ? [text.slice(start, end)] : []))
    : [text];
}

const LEXEME = /"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{}]|[^[\]{}",:\s]+/g;

/** All the values in a text, the outermost first. No recursion: it may be deep. */
function placesIn(text: string): Place[] {
  const places: Place[] = [];
  const open: Place[] = [];
  let key: { readonly text: string; readonly start: number } | undefined;
  for (const { 0: lexeme, 1: colon, index: start } of text.matchAll(LEXEME)) {
    const end = start + lexeme.length;
    if (lexeme === "]" || lexeme === "}") {
      const closed = open.pop();
      if (closed !== undefined) {
        closed.end = end;
      }
    } else if (colon !== undefined) {
      key = { text: lexeme.slice(0, -colon.length), start };
    } else {
      const place = { key: key?.text, holder: open.at(-1), from: key?.start ?? start, start, end };
      key = undefined;
      places.push(place);
      if (lexeme === "[" || lexeme === "{") {
        open.push(place);
      }
    }
  }
  return places;
}

function put(text: string, start: number, end: number, other: string): string {
  return text.slice(0, start) + other + text.slice(end);
}

/** Puts another value of the same name in its place, which mostly is of its kind. */
function borrow(from: number): Edit {
  return (text, place, all) => {
    const others = all.filter((other) => other.key === place.key);
    const { start, end } = others[from % others.length] ?? place;
    return put(text, place.start, place.end, text.slice(start, end));
  };
}

function drop(text: string, { holder, from, end }: Place): string {
  if (holder === undefined) {
    return text;
  }
  const isFirst = text[from - 1] !== ",";
  return text[end] === "," && isFirst
    ? put(text, from, end + 1, "")
    : put(text, isFirst ? from : from - 1, end, "");
}

function repeat(text: string, { holder, from, end }: Place): string {
  return holder === undefined ? text : put(text, from, from, `${text.slice(from, end)},`);
}

/** Adds to the value, or else to its holder. */
function add(key: string, token: string): Edit {
  return (text, place) => {
    const container = /[[{]/.test(text[place.start] ?? "") ? place : place.holder;
    if (container === undefined) {
      return text;
    }
    const inside = container.start + 1;
    const member = text[container.start] === "{" ? `${key}:${token}` : token;
    return put(text, inside, inside, inside === container.end - 1 ? member : `${member},`);
  };
}

function rename(other: string): Edit {
  return (text, { key, from }) =>
    key === undefined ? text : put(text, from, from + key.length, other);
}

/** Puts text into text. The place may lie within a pair of surrogates. */
function insert(where: number, other: string): Edit {
  return withinText((value) => {
    const text: string = JSON.parse(value);
    const index = where % (text.length + 1);
    return JSON.stringify(put(text, index, index + 1, other));
  });
}
