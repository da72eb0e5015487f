import { readFileSync } from "node:fs";
import {
  create,
  createFileRegistry,
  type DescFile,
  type FileRegistry,
  fromBinary,
} from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  type FileDescriptorProto,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import type { Plugin } from "@bufbuild/protoplugin";
import { BUF_YAML, VALIDATE, Workspace } from "./workspace.js";

/** Contracts that buf has compiled, for plugins to run on in this process. */
export class Image {
  private constructor(private readonly set: FileDescriptorSet) {}

  /** Compiles the files of a workspace. */
  static async of(workspace: Workspace): Promise<Image> {
    await workspace.mustRun("buf", "build", "--output", "image.binpb");
    return new Image(
      fromBinary(FileDescriptorSetSchema, readFileSync(workspace.path("image.binpb"))),
    );
  }

  /** Compiles files, by their path under `proto/`, beside protovalidate's. */
  static ofFiles(files: { readonly [path: string]: string }): Promise<Image> {
    const workspace = new Workspace(VALIDATE);
    workspace.write("buf.yaml", BUF_YAML);
    for (const [path, text] of Object.entries(files)) {
      workspace.write(`proto/${path}`, text);
    }
    return Image.of(workspace);
  }

  /** A contract of one file that no compiler has read, beside the files that it needs. */
  static ofDescriptor(file: FileDescriptorProto, needed: readonly DescFile[]): Image {
    return new Image(
      create(FileDescriptorSetSchema, { file: [...needed.map(({ proto }) => proto), file] }),
    );
  }

  /** The descriptors, as every Protobuf program sees them. */
  registry(): FileRegistry {
    return createFileRegistry(this.set);
  }

  /**
   * Runs a plugin on the files of a folder, as buf does with `strategy: all`.
   *
   * @param folder The beginning of the paths of the files.
   * @param options As under `opt` in a template of buf.
   * @returns The text of each file.
   * @throws Error as the plugin does.
   */
  generate(plugin: Plugin, folder: string, ...options: readonly string[]): Map<string, string> {
    const request = create(CodeGeneratorRequestSchema, {
      fileToGenerate: this.set.file
        .map(({ name }) => name)
        .filter((name) => name.startsWith(folder)),
      parameter: ["target=ts", ...options].join(),
      protoFile: this.set.file,
    });
    const { file } = plugin.run(request);
    return new Map(file.map(({ name, content }) => [name, content]));
  }
}
