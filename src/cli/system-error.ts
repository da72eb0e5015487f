import { getSystemErrorMap } from "node:util";

/** An error that the operating system gave. */
export type SystemError = Error & { readonly code: string; readonly errno: number };

/** Whether an error is one that the operating system gave. */
export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && "code" in error && "errno" in error;
}

/** What went wrong, in words and without the name of a system call. */
export function systemErrorText(error: SystemError): string {
  const [, description = error.message] = getSystemErrorMap().get(error.errno) ?? [];
  return error.code === "EISDIR" ? "it is a directory" : description;
}
