import type { DescExtension, DescFile, DescMessage } from "@bufbuild/protobuf";

/** The messages of a package, in order of declaration. */
export type Package = {
  readonly name: string;
  /** The first file that declares any of them. */
  readonly file: DescFile;
  readonly messages: readonly DescMessage[];
};

/** The packages that declare messages. */
export function packagesIn(files: readonly DescFile[]): readonly Package[] {
  const packages = new Map<string, DescMessage[]>();
  for (const message of messagesIn(files)) {
    const { package: name } = message.file.proto;
    packages.set(name, [...(packages.get(name) ?? []), message]);
  }
  return [...packages].flatMap(([name, messages]) => {
    const [first] = messages;
    return first === undefined ? [] : [{ name, file: first.file, messages }];
  });
}

/** The top-level messages of files, except those that only custom options are made of. */
export function messagesIn(files: readonly DescFile[]): readonly DescMessage[] {
  const options = new Set(files.flatMap((file) => file.extensions).map(({ message }) => message));
  return files.flatMap((file) => file.messages).filter((message) => !options.has(message));
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
