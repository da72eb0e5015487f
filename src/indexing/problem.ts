/** Something in a folder that no event can say, or not the whole of. */
export type Problem = {
  /** Its path relative to the root of the repository. That of a folder ends in a slash. */
  readonly path: string;
} & (
  | { readonly kind: "unreadable"; readonly error: NodeJS.ErrnoException }
  /** A file that changed while it was read, twice. */
  | { readonly kind: "changing" }
  /** The path is that of the folder in which a name is no Unicode text. */
  | { readonly kind: "invalid_name" }
  /** A pipe, a socket or a device. */
  | { readonly kind: "special_file" }
);
