/** The longest link, in characters. Some programs cut longer ones when people send them. */
export const MAX_LINK = 32_000;

/** The longest input that is read from a link, in bytes. No link may fill the memory. */
const MAX_INPUT = 2 ** 21;

const KEY = "#input=";

/** The fragment of a URL that carries an input. */
export async function fragmentOf(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let binary = "";
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return KEY + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The input that a fragment carries, `undefined` if it carries none.
 *
 * @throws Error when the link is damaged, or its input is too large.
 */
export async function inputIn(fragment: string): Promise<string | undefined> {
  if (!fragment.startsWith(KEY)) {
    return undefined;
  }
  const base64 = fragment.slice(KEY.length).replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const reader = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"))
    .getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > MAX_INPUT) {
      throw new Error(`the input is larger than ${MAX_INPUT} bytes`);
    }
    text += decoder.decode(next.value, { stream: true });
  }
  return text + decoder.decode();
}
