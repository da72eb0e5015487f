import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { NAMESPACE_SCOPES, type NamespaceScope } from "../dossier/namespace.js";
import type { Assumptions } from "../event/generation/flat-event.js";
import { type ContractOptions, GENERATIONS } from "../event/generation/generation.js";
import { PARITY_RULES, type ParityRule } from "../parity/parity-rule.js";
import { DEFAULT_MAX_LENGTH, LARGEST_MAX_LENGTH } from "../stream/json-records.js";
import type { AuditCommandOptions, AuditFormat } from "./audit.js";
import type { ConformanceCommandOptions, Protocol } from "./conformance.js";
import type { DiffCommandOptions, DiffFormat } from "./diff.js";
import {
  type CommandName,
  EXIT_CODES,
  EXIT_CODES_OF_COMMAND,
  type ExitCode,
} from "./exit-codes.js";
import type { IndexCommandOptions } from "./index-folder.js";
import { DEFAULT_TIMEOUT } from "./judges/answer.js";
import {
  type DeadLettersCommandOptions,
  LETTER_ACTIONS,
  type LetterAction,
} from "./projection/dead-letter-actions.js";
import type { EngineOptions } from "./projection/engine.js";
import type { ProjectCommandOptions } from "./projection/project.js";
import type { RebuildCommandOptions } from "./projection/rebuild.js";
import type { WatchCommandOptions, WatchFormat } from "./projection/watch.js";
import type { Format, ReduceCommandOptions } from "./reduce.js";
import type { ServeCommandOptions } from "./serve.js";
import { columns } from "./table.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";
import type { UpcastCommandOptions } from "./upcast.js";
import type { ValidateCommandOptions, ValidateFormat } from "./validate.js";

/** The name of the command. */
export const NAME = "mission-dossier";

/**
 * The command line with all its commands. The code of a command is loaded only when the
 * command runs, so that help and errors in options appear quickly.
 *
 * @param done Called with the exit code of the command that ran.
 */
export function createProgram(terminal: Terminal, done: (exitCode: ExitCode) => void): Command {
  const program = new Command(NAME)
    .description("Judge, reduce, compare and audit the events of mission dossiers.")
    .version(terminal.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .showHelpAfterError(`see ${NAME} --help`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.report(text.replace(/\n$/, "")),
      outputError: (text, write) =>
        write(`${NAME}: ${printableLines(text.replace(/^error: /, ""))}`),
    })
    .addHelpText("after", examples("reduce events.jsonl", "validate events.jsonl", "reduce --help"))
    .addHelpText("after", exitCodes(Object.values(EXIT_CODES)));

  command(program, "reduce", "fold a stream of events into the state of its dossier")
    .description(
      "Fold a stream of events into the state of its dossier. The input is JSON Lines\n" +
        "of event envelopes, or one JSON array of them, gzipped or not, in any order and\n" +
        "of any size.",
    )
    .argument("[FILE...]", "files to read; - or no file means standard input")
    .addOption(
      new Option("-f, --format <format>", 'how to print the state (default: "text")').choices([
        "text",
        "json",
        "binary",
        "html",
      ] satisfies Format[]),
    )
    .option("--by-namespace", "one state for each namespace, as JSON Lines")
    .addOption(contractOption("the generation of names in JSON and pages (default: 2.4.0)"))
    .option("--out <dir>", "the folder for the pages of --by-namespace --format html")
    .addOption(scopeOption())
    .addOption(maxLengthOption())
    .option("--skip-invalid", "skip lines that are not valid events")
    .option(
      "--strict",
      "exit with 1 for skipped payloads, conflicting ids, unknown fields, projects that differ, clocks that go backwards, and misspelled event types",
    )
    .option(
      "--fail-on-drift",
      "exit with 3 when the replicas have drifted, with 4 when that is uncertain",
    )
    .addHelpText(
      "after",
      examples(
        "reduce events.jsonl",
        "reduce monday.jsonl tuesday.jsonl --strict",
        "reduce --format json - < events.jsonl > state.json",
        "reduce --by-namespace all-missions.jsonl.gz > states.jsonl",
        "reduce --format html events.jsonl > report.html",
        "reduce --by-namespace --format html --out report all.jsonl",
      ),
    )
    .action(async (files: string[], options: ReduceCommandOptions) => {
      sayWhenWaiting(files);
      const { runReduce } = await import("./reduce.js");
      done(await runReduce(files, options, terminal));
    });

  command(program, "validate", "judge events, or payloads, one by one")
    .description(
      "Judge events one by one: each envelope, and its payload by its own event type.\n" +
        "With --type, the input holds payloads of that type. It is JSON Lines, one JSON\n" +
        "array, or one JSON document, gzipped or not.",
    )
    .argument("[FILE...]", "files to read; - or no file means standard input")
    .option("-t, --type <event-type>", "the input holds payloads of this event type")
    .addOption(
      contractOption(
        "the generation that judges (default: the one that the names in a payload show)",
      ),
    )
    .addOption(
      new Option("-f, --format <format>", "how to print violations")
        .choices(["text", "json", "sarif"] satisfies ValidateFormat[])
        .default("text" satisfies ValidateFormat),
    )
    .addOption(maxLengthOption())
    .option(
      "--strict",
      "also reject unknown fields, a project_uuid that differs from the namespace's, misspelled event types, and an input without records",
    )
    .addHelpText(
      "after",
      examples(
        "validate events.jsonl",
        "validate --type MissionDossierArtifactIndexed payload.json",
        "validate --strict --format sarif events.jsonl > report.sarif",
      ),
    )
    .action(async (files: string[], options: ValidateCommandOptions) => {
      sayWhenWaiting(files);
      const { runValidate } = await import("./validate.js");
      done(await runValidate(files, options, terminal));
    });

  command(program, "diff", "compare two replicas of a dossier")
    .description(
      "Compare two replicas of a mission's dossier, and say which artifacts differ and\n" +
        "since which event. Each is a stream of events, or a state as JSON. A is the\n" +
        "expected replica, B is the one that was found.",
    )
    .argument("<A>", "events or a state; - means standard input")
    .argument("<B>", "events or a state; - means standard input")
    .addOption(
      new Option(
        "-f, --format <format>",
        "how to print the differences; events are drift events for A",
      )
        .choices(["text", "json", "events", "html"] satisfies DiffFormat[])
        .default("text" satisfies DiffFormat),
    )
    .addOption(scopeOption())
    .addOption(maxLengthOption())
    .option("--skip-invalid", "skip lines that are not valid events")
    .addOption(nodeIdOption("the node that emits drift events (default: the host's name)"))
    .addOption(contractOption("the generation of JSON, events and pages (default: 2.4.0)"))
    .addOption(buildIdOption())
    .addHelpText(
      "after",
      examples(
        "diff laptop.jsonl cloud.jsonl",
        "diff events.jsonl state.json --format json",
        "diff local.jsonl cloud.jsonl --format events >> local.jsonl",
        "diff laptop.jsonl cloud.jsonl --format html > report.html",
      ),
    )
    .action(async (a: string, b: string, options: DiffCommandOptions) => {
      sayWhenWaiting([a, b]);
      const { runDiff } = await import("./diff.js");
      done(await runDiff([a, b], options, terminal));
    });

  command(program, "audit", "check the claims of snapshots and drifts against the events")
    .description(
      "Check each claim of the snapshots and drifts in a stream against the events\n" +
        "before it: the hash of the artifacts, and how many artifacts and anomalies\n" +
        "there are.",
    )
    .argument("[FILE...]", "files to read; - or no file means standard input")
    .addOption(
      new Option("-f, --format <format>", "how to print the findings; json is one a line")
        .choices(["text", "json", "html"] satisfies AuditFormat[])
        .default("text" satisfies AuditFormat),
    )
    .addOption(
      new Option("--rule <rule>", "how the producer hashes the artifacts of a snapshot")
        .choices(PARITY_RULES)
        .default("path-hash" satisfies ParityRule),
    )
    .addOption(scopeOption())
    .addOption(maxLengthOption())
    .option("--skip-invalid", "skip lines that are not valid events")
    .addOption(contractOption("the generation of names in a page (default: 2.4.0)"))
    .addHelpText(
      "after",
      examples("audit events.jsonl", "audit --format html events.jsonl.gz > report.html"),
    )
    .action(async (files: string[], options: AuditCommandOptions) => {
      sayWhenWaiting(files);
      const { runAudit } = await import("./audit.js");
      done(await runAudit(files, options, terminal));
    });

  command(program, "conformance", "run the cases that ship with the package")
    .description(
      "Run every conformance case that ships with the package, against the package\n" +
        "itself or another program's validator.\n\n" +
        "In the protocol exit-code, the program is run for each case, with the payload\n" +
        "on standard input and the event type as its last argument. It exits with 0 for\n" +
        "valid or 1 for invalid.\n\n" +
        "In the protocol lines, it is run once, and answers JSON Lines:\n" +
        '{"id","event_type","payload"} with {"id","valid"}, true or false.',
    )
    .option("-c, --command <command>", "the other program's validator, as a shell command")
    .addOption(
      new Option(
        "-p, --protocol <protocol>",
        'how the program gets cases and gives verdicts (default: "exit-code")',
      ).choices(["exit-code", "lines"] satisfies Protocol[]),
    )
    .addOption(
      new Option(
        "-j, --jobs <count>",
        "how many processes to run at a time (default: 1 for lines, else one a processor)",
      ).argParser((text) => numberIn(text, 1, MAX_JOBS, Number.isInteger, "whole number")),
    )
    .addOption(
      new Option(
        "--timeout <seconds>",
        `how long the program may take for a case (default: ${DEFAULT_TIMEOUT})`,
      ).argParser((text) => numberIn(text, 0.1, MAX_TIMEOUT, Number.isFinite, "number")),
    )
    .addOption(contractOption("the generation of the cases (default: all; with --command, 2.4.0)"))
    .addHelpText(
      "after",
      examples(
        "conformance",
        'conformance --command "python3 judge.py"',
        'conformance --command "python3 judge.py" --protocol lines',
      ),
    )
    .action(async (options: ConformanceCommandOptions) => {
      const { runConformance } = await import("./conformance.js");
      done(await runConformance(options, terminal));
    });

  command(program, "index", "bring a log up to date with the files in a folder")
    .description(
      "Hash the files in a mission's folder, and print the events that bring a log up\n" +
        "to date with them, as JSON Lines. If the log is up to date, there are none.\n" +
        "Files that .gitignore excludes are left out, and links are not followed.",
    )
    .argument("<DIR>", "the folder of the mission")
    .option("-l, --log <file>", "the log so far (default: an empty one)")
    .option("--append", "append the events to the log instead of printing them")
    .option(
      "-n, --namespace <field=value>",
      "a field of the mission's namespace, or @FILE, a JSON object of fields; may be repeated (default: the namespace of the log)",
      repeated,
    )
    .option(
      "-c, --class <class=pattern>",
      "the class of the files that match a .gitignore pattern; may be repeated, and the first match counts",
      repeated,
    )
    .option("--classes <file>", "a JSON array of such rules, which may name required files")
    .option("--default-class <class>", 'the class of all other files (default: "output")')
    .option("--root <dir>", "the folder that paths are relative to (default: the repository's)")
    .addOption(nodeIdOption("the node that emits the events (default: the host's name)"))
    .addOption(contractOption("the generation of the events (default: 2.4.0)"))
    .addOption(buildIdOption())
    .addHelpText(
      "after",
      examples(
        "index kitty-specs/014 --log events.jsonl --append",
        "index kitty-specs/014 --namespace @mission.json > events.jsonl",
        "index . --log events.jsonl --class 'input=/spec.md'",
      ),
    )
    .action(async (directory: string, options: IndexCommandOptions) => {
      const { runIndex } = await import("./index-folder.js");
      done(await runIndex(directory, options, terminal));
    });

  onProjection(
    command(program, "project", "keep the states of all missions of a log up to date")
      .description(
        "Keep the states of all missions of a log up to date: a file of JSON Lines, or a\n" +
          "folder of such files, into a folder of states; or on a NATS server. It continues\n" +
          "where it left off, however it ended.",
      )
      .argument("[LOG]", "the log: a file, or a folder of .jsonl files")
      .option("-F, --follow", "go on while the log grows, until Ctrl-C"),
  )
    .addHelpText(
      "after",
      examples(
        "project events.jsonl --states states",
        "project events.jsonl --states states --follow",
        "project --nats nats://127.0.0.1:4222 --follow",
      ),
    )
    .action(async (log: string | undefined, options: ProjectCommandOptions) => {
      const { runProject } = await import("./projection/project.js");
      done(await runProject(withLog(log, options), terminal));
    });

  onProjection(
    command(program, "publish", "add events to a log")
      .description(
        "Add the events of files to a log, each line as it is. A line that no mission can\n" +
          "take is refused, and all its problems are listed.",
      )
      .argument("[FILE...]", "files of JSON Lines; - or no file means standard input")
      .option("-l, --log <file>", "the log: a file of JSON Lines"),
    false,
  )
    .addHelpText(
      "after",
      examples(
        "publish new.jsonl --log events.jsonl",
        "publish new.jsonl --nats nats://127.0.0.1:4222",
      ),
    )
    .action(async (files: string[], options: EngineOptions) => {
      sayWhenWaiting(files);
      const { runPublish } = await import("./projection/publish.js");
      done(await runPublish(files, options, terminal));
    });

  onProjection(
    command(program, "watch", "print a mission's stored state, and each change to it")
      .argument("<MISSION>", "its slug, its key, or the beginning of its key")
      .addOption(
        new Option("-f, --format <format>", "how to print it")
          .choices(["text", "json"] satisfies WatchFormat[])
          .default("text" satisfies WatchFormat),
      )
      .addOption(contractOption("the generation of states in JSON (default: 2.4.0)"))
      .option("--once", "print the state as it is, and end"),
  )
    .addHelpText(
      "after",
      examples(
        "watch 014-rate-limits --states states",
        "watch 014-rate-limits --nats nats://127.0.0.1:4222",
      ),
    )
    .action(async (mission: string, options: WatchCommandOptions) => {
      const { runWatch } = await import("./projection/watch.js");
      done(await runWatch(mission, options, terminal));
    });

  onProjection(
    command(program, "serve", "show the stored states of all missions as live pages")
      .description(
        "Show the stored states of all missions in a browser, where they change while\n" +
          "events arrive, and as JSON. Nothing can be changed through it. Only programs\n" +
          "on this machine can reach it, unless --host and a token are given. With a LOG,\n" +
          "it also projects the log, as project --follow does; without --states, into a\n" +
          "temporary folder.",
      )
      .argument("[LOG]", "a log that grows: a file, or a folder of .jsonl files")
      .addOption(
        new Option("-p, --port <port>", "the port to listen on; 0 takes any that is free")
          .default(DEFAULT_PORT)
          .argParser((text) => numberIn(text, 0, 65_535, Number.isInteger, "port")),
      )
      .option("--host <host>", "the address to listen on", "127.0.0.1")
      .option(
        "--token-file <file>",
        "a file with the token that requests must have (default: MISSION_DOSSIER_TOKEN in the environment)",
      )
      .addOption(contractOption("the generation of names in JSON and pages (default: 2.4.0)")),
  )
    .addHelpText(
      "after",
      examples(
        "serve events.jsonl",
        "serve --states states",
        "serve --states states --host 0.0.0.0 --token-file token",
        "serve --nats nats://127.0.0.1:4222",
      ),
    )
    .action(async (log: string | undefined, options: ServeCommandOptions) => {
      const { runServe } = await import("./serve.js");
      done(await runServe(withLog(log, options), terminal));
    });

  onProjection(
    command(program, "dead-letters", "list the records that no mission could take, or retry one")
      .addArgument(new Argument("[ACTION]", "what to do").choices(LETTER_ACTIONS).default("list"))
      .argument("[ID]", "the number of a letter, as the list shows it")
      .option("-w, --with <file>", "retry: the repaired event (default: as it was)")
      .option("-l, --log <file>", "retry: the log that the event is added to"),
  )
    .addHelpText(
      "after",
      examples(
        "dead-letters --states states",
        "dead-letters show 1234 --states states",
        "dead-letters retry 1234 -w fixed.json -l log.jsonl -s states",
      ),
    )
    .action(
      async (action: LetterAction, id: string | undefined, options: DeadLettersCommandOptions) => {
        const { runDeadLetters } = await import("./projection/dead-letters.js");
        done(await runDeadLetters(action, id, options, terminal));
      },
    );

  onProjection(
    command(program, "rebuild", "build all states again, beside the current ones")
      .description(
        "Build all states again from the whole log, beside the current ones, name the\n" +
          "missions that differ, and put the new states in their place at once.",
      )
      .argument("[LOG]", "the log: a file, or a folder of .jsonl files")
      .option("--compare-only", "leave the states as they are"),
  )
    .addHelpText(
      "after",
      examples("rebuild events.jsonl --states states", "rebuild --nats nats://127.0.0.1:4222"),
    )
    .action(async (log: string | undefined, options: RebuildCommandOptions) => {
      const { runRebuild } = await import("./projection/rebuild.js");
      done(await runRebuild(withLog(log, options), terminal));
    });

  command(program, "schema", "list the JSON Schemas, or print one")
    .argument("[NAME]", "the schema to print")
    .addOption(contractOption("the generation of the contract (default: 2.4.0)"))
    .addHelpText(
      "after",
      examples("schema", "schema event > event.schema.json", "schema event --contract 3.0.0"),
    )
    .action(async (name: string | undefined, options: ContractOptions) => {
      const { runSchema } = await import("./schema.js");
      done(runSchema(name, options, terminal));
    });

  command(program, "upcast", "rewrite events in another generation of the contract")
    .description(
      "Rewrite JSON Lines with each event in one generation of the contract: 2.4.0, or\n" +
        "3.0.0 and later. Only the names of fields change, so that an event stays the\n" +
        "same event. A line that no contract accepts stays as it is, and is reported.",
    )
    .argument("[FILE...]", "files to read; - or no file means standard input")
    .addOption(
      new Option("--to <contract>", "the generation to write")
        .choices(GENERATIONS)
        .makeOptionMandatory(),
    )
    .option(
      "--assume <field=value>",
      "a fact that flat events of early producers lack; may be repeated",
      assumption,
    )
    .addHelpText(
      "after",
      examples(
        "upcast events.jsonl --to 3.0.0 > later.jsonl",
        "upcast old.jsonl --to 2.4.0 --assume target_branch=main",
      ),
    )
    .action(async (files: string[], options: UpcastCommandOptions) => {
      sayWhenWaiting(files);
      const { runUpcast } = await import("./upcast.js");
      done(await runUpcast(files, options, terminal));
    });

  return program;

  function sayWhenWaiting(files: readonly string[]): void {
    if (terminal.isWaiting && (files.length === 0 || files.includes("-"))) {
      terminal.report("reading from the terminal; end with Ctrl-D");
    }
  }
}

function command(program: Command, name: CommandName, summary: string): Command {
  const meanings: { readonly [name: string]: string } = EXIT_CODES_OF_COMMAND[name];
  const codes = Object.entries(EXIT_CODES).flatMap(([name, { code }]) => {
    const meaning = meanings[name];
    return meaning === undefined ? [] : [{ code, meaning }];
  });
  return program
    .command(name)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
    .showHelpAfterError(`see ${NAME} ${name} --help`)
    .addHelpText("afterAll", exitCodes(codes));
}

/** Adds the options that say where a projection is. */
function onProjection(command: Command, hasStates = true): Command {
  return (hasStates ? command.option("-s, --states <dir>", "the folder of states") : command)
    .option(
      "--nats <url>",
      "a NATS server instead of files; credentials come from NATS_CREDS, NATS_NKEY, NATS_TOKEN, or NATS_USER and NATS_PASSWORD",
    )
    .option("--prefix <name>", 'which of several projections on the server (default: "dossier")');
}

function withLog<T extends EngineOptions>(log: string | undefined, options: T): T {
  return log === undefined ? options : { ...options, log };
}

function scopeOption(): Option {
  return new Option(
    "--namespace-scope <scope>",
    "which fields must agree: all but step_id (mission), or all (step)",
  )
    .choices(NAMESPACE_SCOPES)
    .default("mission" satisfies NamespaceScope);
}

function buildIdOption(): Option {
  return new Option("--build-id <id>", "the build that emits events of contract 3.0.0").argParser(
    notEmpty,
  );
}

function nodeIdOption(description: string): Option {
  return new Option("--node-id <id>", description).argParser(notEmpty);
}

function notEmpty(text: string): string {
  if (text === "") {
    throw new InvalidArgumentError("It must not be empty.");
  }
  return text;
}

function contractOption(description: string): Option {
  return new Option("--contract <generation>", description).choices(GENERATIONS);
}

/** Collects the facts of `--assume`, by the name of their field. */
function assumption(text: string, before: Assumptions = {}): Assumptions {
  const [, field, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  const known = LocalNamespaceTupleSchema.fields.map(({ jsonName }) => jsonName);
  if (field === undefined || value === undefined || !known.includes(field)) {
    throw new InvalidArgumentError(`It must be a field and its value; ${known.join(", ")}.`);
  }
  return { ...before, [field]: value };
}

function maxLengthOption(): Option {
  return new Option("--max-length <bytes>", "the longest line, or item, to read")
    .default(DEFAULT_MAX_LENGTH, "16 MiB")
    .argParser((text) =>
      numberIn(text, 1, LARGEST_MAX_LENGTH, Number.isInteger, "whole number of bytes"),
    );
}

/** Collects the values of an option that may be given more than once. */
function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const DEFAULT_PORT = 8420;

const MAX_JOBS = 256;
/** A day. */
const MAX_TIMEOUT = 86_400;

function numberIn(
  text: string,
  least: number,
  most: number,
  isKind: (number: number) => boolean,
  kind: string,
): number {
  const number = Number(text);
  if (!(isKind(number) && number >= least && number <= most)) {
    throw new InvalidArgumentError(`It must be a ${kind} from ${least} to ${most}.`);
  }
  return number;
}

function examples(...lines: readonly string[]): string {
  return `
Examples:
${lines.map((line) => `  ${NAME} ${line}`).join("\n")}`;
}

function exitCodes(codes: readonly { readonly code: number; readonly meaning: string }[]): string {
  const rows = codes.map(({ code, meaning }) => [`  ${code}`, meaning]);
  return `
Exit codes:
${columns(rows).join("\n")}`;
}

/** Makes a message of several lines safe to print, since it may quote the user's input. */
function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
