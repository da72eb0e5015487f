import { chmodSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { runBuf } from "../codegen/generate.js";
import { type Need, run, ToolError } from "./toolchain.js";

/** A language that bindings are generated for. */
export type Language = {
  readonly name: string;
  readonly needs: readonly Need[];
  /** Installs the plugins that `bindings/<language>/buf.gen.yaml` names. */
  readonly installPlugins: (paths: Paths) => void;
  /** Adds files to the package that no plugin generates. */
  readonly complete?: (paths: Paths) => void;
  /** Builds the driver of the tests, and returns the command that runs it. */
  readonly buildDriver: (paths: Paths) => readonly [command: string, ...args: string[]];
  /** The command that runs a reducer written in the language, if the tests have one. */
  readonly reducer?: (paths: Paths) => readonly [command: string, ...args: string[]];
};

/** The absolute paths for one language. */
export type Paths = {
  readonly root: string;
  /** The hand-written files of the package, and the pinned versions of its toolchain. */
  readonly source: string;
  /** Where the plugins are installed. */
  readonly toolchain: string;
  /** The generated package. */
  readonly output: string;
  /** The source of the driver. */
  readonly driver: string;
  /** Where the driver is built. */
  readonly build: string;
};

/** The paths of a language in a project. */
export function pathsOf(root: string, { name }: Language): Paths {
  return {
    root,
    source: join(root, "bindings", name),
    toolchain: join(root, "build/toolchains", name),
    output: join(root, "build/bindings", name),
    driver: join(root, "test/bindings", name),
    build: join(root, "build/drivers", name),
  };
}

const python: Language = {
  name: "python",
  needs: [
    {
      command: "python3",
      args: ["--version"],
      atLeast: "3.11",
      install: "Python 3.11 or newer, with its module venv",
    },
  ],
  installPlugins({ source, toolchain }) {
    installPython(toolchain, "--requirement", join(source, "toolchain.txt"));
  },
  buildDriver({ driver, build, output }) {
    installPython(build, "--requirement", join(driver, "requirements.txt"));
    // Forced, because the code may have changed while the version has not.
    installPython(build, "--force-reinstall", "--no-deps", output);
    return [join(build, "bin/python"), join(driver, "driver.py")];
  },
  reducer({ driver, build }) {
    return [join(build, "bin/python"), join(driver, "reduce_streams.py")];
  },
};

function installPython(folder: string, ...args: readonly string[]): void {
  run("python3", ["-m", "venv", folder]);
  run(join(folder, "bin/python"), [
    ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
    ...args,
  ]);
}

const go: Language = {
  name: "go",
  needs: [{ command: "go", args: ["version"], atLeast: "1.26", install: "Go 1.26 or newer" }],
  installPlugins({ source, toolchain }) {
    // go.mod sets the version, the same for the plugin and the runtime.
    const plugin = "google.golang.org/protobuf/cmd/protoc-gen-go";
    run("go", ["-C", source, "install", plugin], { env: { GOBIN: toolchain } });
  },
  buildDriver({ driver, build }) {
    const program = join(build, "driver");
    run("go", ["-C", driver, "build", "-o", program, "."]);
    return [program];
  },
};

const java: Language = {
  name: "java",
  needs: [
    { command: "javac", args: ["-version"], atLeast: "17.0", install: "a JDK 17 or newer" },
    { command: "mvn", args: ["-q", "--version"], atLeast: "3.6", install: "Maven 3.6 or newer" },
  ],
  installPlugins({ source, toolchain }) {
    const pom = readFileSync(join(source, "pom.xml"), "utf8");
    const runtime = /<artifactId>protobuf-java<\/artifactId>\s*<version>([^<]+)</.exec(pom)?.[1];
    const file = `protoc-${protocPlatform()}.exe`;
    run("mvn", [
      ...["--quiet", "--batch-mode"],
      `org.apache.maven.plugins:maven-dependency-plugin:${MAVEN_DEPENDENCY_PLUGIN}:copy`,
      `-Dartifact=com.google.protobuf:protoc:${runtime}:exe:${protocPlatform()}`,
      `-DoutputDirectory=${toolchain}`,
      "-Dmdep.stripVersion=true",
    ]);
    renameSync(join(toolchain, file), join(toolchain, "protoc"));
    chmodSync(join(toolchain, "protoc"), 0o755);
  },
  buildDriver({ driver, build, root }) {
    run("mvn", [
      ...["--quiet", "--batch-mode", "package", "--file", join(driver, "pom.xml")],
      `-Ddossier.version=${packageVersion(root)}`,
    ]);
    return ["java", "-jar", join(build, "mission-dossier-driver.jar")];
  },
};

const MAVEN_DEPENDENCY_PLUGIN = "3.9.0";

/** The name of this machine's platform in Maven Central's builds of protoc. */
function protocPlatform(): string {
  const system = { linux: "linux", darwin: "osx" }[process.platform as string];
  const processor = { x64: "x86_64", arm64: "aarch_64" }[process.arch as string];
  if (system === undefined || processor === undefined) {
    throw new ToolError(`Maven Central has no protoc for ${process.platform} on ${process.arch}`);
  }
  return `${system}-${processor}`;
}

const rust: Language = {
  name: "rust",
  needs: [
    {
      command: "cargo",
      args: ["--version"],
      atLeast: "1.86",
      install: "Rust 1.86 or newer, with cargo",
    },
  ],
  installPlugins({ toolchain }) {
    installCrate(toolchain, "protoc-gen-prost@0.5.0", "protoc-gen-prost");
    // The crate with protovalidate's rules needs protoc to compile them.
    installCrate(toolchain, "protoc-bin-vendored@3.3.0", "protoc-bin-vendored");
  },
  complete({ root, output }) {
    // `buf.validate` is left out, because protovalidate's crate has it.
    const set = join(output, "src/descriptor_set.binpb");
    const excluded = ["proto/buf", "proto/speckitty/reducer"];
    runBuf(root, [
      ...["build", "--exclude-imports", "--output", set],
      ...excluded.flatMap((path) => ["--exclude-path", path]),
    ]);
  },
  buildDriver({ driver, build, toolchain }) {
    run(
      "cargo",
      [
        ...["build", "--quiet", "--manifest-path", join(driver, "Cargo.toml")],
        ...["--target-dir", build],
      ],
      { env: { PROTOC: join(toolchain, "bin/protoc-bin-vendored") } },
    );
    return [join(build, "debug/driver")];
  },
};

function installCrate(folder: string, crate: string, program: string): void {
  mkdirSync(folder, { recursive: true });
  run("cargo", ["install", "--quiet", "--locked", crate, "--bin", program, "--root", folder]);
}

/** All languages that bindings are generated for. */
export const LANGUAGES: readonly Language[] = [python, go, java, rust];

/** The version of this package, and of the packages for other languages. */
export function packageVersion(root: string): string {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}

/**
 * The languages named by the words of a command line.
 *
 * @throws ToolError for an unknown language.
 */
export function languagesNamed(words: readonly string[]): readonly Language[] {
  const names = LANGUAGES.map(({ name }) => name);
  const unknown = words.find((word) => word !== "all" && !names.includes(word));
  if (unknown !== undefined) {
    throw new ToolError(`unknown language ${unknown}: use ${names.join(", ")} or all`);
  }
  return words.includes("all") ? LANGUAGES : LANGUAGES.filter(({ name }) => words.includes(name));
}
