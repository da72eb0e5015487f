import { optionsIn } from "../event/errors/arguments.js";
import type { StrictOptions } from "../event/errors/diagnostic.js";
import { Inspector } from "./inspector.js";
import { checkScope, type NamespaceScope } from "./namespace.js";

/** How a stream is reduced. */
export type ReduceOptions = StrictOptions & {
  /** The fields that identify a namespace. Default: `"mission"`. */
  readonly namespaceScope?: NamespaceScope;
};

/**
 * The scope that the options name.
 *
 * @throws InvalidArgumentError when it is unknown.
 */
export function scopeIn(options: ReduceOptions | undefined): NamespaceScope {
  const { namespaceScope = "mission" } = optionsIn(options);
  return checkScope(namespaceScope);
}

/** The inspector that the options ask for. */
export function inspectorFor(options: ReduceOptions | undefined): Inspector {
  return new Inspector(optionsIn(options).strict ?? false);
}
