/** Something in a folder that events cannot express, or only in part. */
export type Problem = {
  /** Its path relative to the root of the repository. That of a folder ends in a slash. */
  readonly path: string;
} & (
  | { readonly kind: "unreadable"; readonly error: NodeJS.ErrnoException }
  /** A file that changed while it was read, twice. */
  | { readonly kind: "changing" }
  /** The path is that of the folder that contains a name which is not Unicode text. */
  | { readonly kind: "invalid_name" }
  /** A pipe, a socket or a device. */
  | { readonly kind: "special_file" }
);
