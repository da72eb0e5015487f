import type { DescExtension, DescFile } from "@bufbuild/protobuf";

/** The files that declare messages, grouped by package. */
export function filesByPackage(files: readonly DescFile[]): Map<string, DescFile[]> {
  const packages = new Map<string, DescFile[]>();
  for (const file of files.filter((candidate) => candidate.messages.length > 0)) {
    packages.set(file.proto.package, [...(packages.get(file.proto.package) ?? []), file]);
  }
  return packages;
}

/**
 * The custom option with a full name, or `undefined` if no name is given.
 *
 * @throws Error when none of the files declares it.
 */
export function findExtension(
  files: readonly DescFile[],
  name: string | undefined,
): DescExtension | undefined {
  if (name === undefined) {
    return undefined;
  }
  const found = files
    .flatMap((file) => file.extensions)
    .find((extension) => extension.typeName === name);
  if (found === undefined) {
    throw new Error(`no option ${name} among the inputs`);
  }
  return found;
}
