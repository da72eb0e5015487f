import { parseAst } from "rolldown/parseAst";

/**
 * A plugin that tells bundlers that the constants of a module may be dropped where they are not
 * used. Separate files are dropped because of `"sideEffects": false`; within one file, a bundler
 * has to be told of each constant that calls something.
 *
 * @returns {import("rolldown").Plugin}
 */
export function pureInitializers() {
  return {
    name: "pure-initializers",
    transform(code, id) {
      return id.endsWith(".js") ? withPureInitializers(code) : null;
    },
  };
}

/** Wraps the value of each constant of the module in a function that is called at once. */
export function withPureInitializers(/** @type {string} */ code) {
  const values = parseAst(code)
    .body.map((node) => (node.type === "ExportNamedDeclaration" ? node.declaration : node))
    .flatMap((node) => (node?.type === "VariableDeclaration" ? node.declarations : []))
    .flatMap(({ init }) => (init === null || !mayCall(init.type) ? [] : [init]));
  return values.reduceRight(
    (text, { start, end }) =>
      `${text.slice(0, start)}/* @__PURE__ */ (() => (${text.slice(start, end)}))()${text.slice(end)}`,
    code,
  );
}

function mayCall(/** @type {string} */ type) {
  return !["Literal", "ArrowFunctionExpression", "FunctionExpression", "Identifier"].includes(type);
}
