/** Converts `ArtifactIdentity` to `artifact_identity`. */
export function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase();
}

/** Converts `artifact_class` to `ArtifactClass`. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** Converts `ArtifactIdentity` to `artifactIdentity`. */
export function camelCase(name: string): string {
  return `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
}

/** Converts `ArtifactIdentity` or `artifact_identity` to `ARTIFACT_IDENTITY`. */
export function constantCase(name: string): string {
  return snakeCase(name).toUpperCase();
}

/** Converts `ARTIFACT_CLASS` to `ARTIFACT_CLASSES`. */
export function plural(constant: string): string {
  return constant.endsWith("S") ? `${constant}ES` : `${constant}S`;
}
