import { type ContractOptions, LATER_GENERATION } from "../event/generation/generation.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";

/** The emitter of the events that a command writes, and their generation. */
export type EmitterOptions = ContractOptions & {
  /** Default: the name of the host. */
  readonly nodeId?: string;
  /** The build of the program that emits them, for contract 3.0.0. */
  readonly buildId?: string;
};

/**
 * Refuses `--contract` for output that has no names of the contract.
 *
 * @param hasNames Whether JSON or a page is printed.
 * @param needed The option that prints such output.
 * @throws CommandError when `--contract` was given anyway.
 */
export function checkContract(
  contract: ContractOptions["contract"],
  hasNames: boolean,
  needed: string,
): void {
  if (contract !== undefined && !hasNames) {
    throw new CommandError(
      `--contract is for output with the names of the contract, and needs ${needed}`,
      EXIT_CODES.misuse.code,
    );
  }
}

/**
 * Requires the build id of events of contract 3.0.0, and refuses it for others.
 *
 * @throws CommandError when it is missing, or was given for events of 2.4.0.
 */
export function checkBuildId({ contract, buildId }: EmitterOptions): void {
  if ((contract === LATER_GENERATION) !== (buildId !== undefined)) {
    throw new CommandError(
      buildId === undefined
        ? `events of contract ${LATER_GENERATION} have a build_id, and need --build-id`
        : `--build-id is for events of contract ${LATER_GENERATION}, and needs --contract ${LATER_GENERATION}`,
      EXIT_CODES.misuse.code,
    );
  }
}
