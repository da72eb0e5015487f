/** Bytes as a case has them: as text where they are some, so that people can read it. */
export type CaseBytes = { readonly text: string } | { readonly base64: string };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function caseBytes(bytes: Uint8Array): CaseBytes {
  try {
    return { text: decoder.decode(bytes) };
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") };
  }
}

/** The bytes of a case, in memory of their own. */
export function bytesOf(given: CaseBytes): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    "text" in given ? Buffer.from(given.text, "utf8") : Buffer.from(given.base64, "base64"),
  );
}
