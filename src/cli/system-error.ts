import { getSystemErrorMap } from "node:util";

/** An error reported by the operating system. */
export type SystemError = Error & { readonly code: string; readonly errno: number };

/** Whether an error was reported by the operating system. */
export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && "code" in error && "errno" in error;
}

/** The error in words, without the name of the system call. */
export function systemErrorText(error: SystemError): string {
  const [, description = error.message] = getSystemErrorMap().get(error.errno) ?? [];
  return error.code === "EISDIR" ? "it is a directory" : description;
}
