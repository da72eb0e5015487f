import { InvalidBinaryError } from "../../event/errors/errors.js";

/** The error of a file of stored states that cannot be used, which names the file and the remedy. */
export function damagedStates(file: string, problem: string): InvalidBinaryError {
  const reason = `of ${file}, ${problem}, so the states must be rebuilt`;
  return new InvalidBinaryError("projection", reason);
}
