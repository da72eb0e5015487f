import { ALGORITHMS } from "../../gen/speckitty/dossier/v1/contract.js";

/** A hash without the name of an algorithm before it, such as `sha256:`. Only one is removed. */
export function bareHash(hash: string): string {
  for (const algorithm of ALGORITHMS) {
    if (hash.startsWith(algorithm) && hash[algorithm.length] === ":") {
      return hash.slice(algorithm.length + 1);
    }
  }
  return hash;
}
