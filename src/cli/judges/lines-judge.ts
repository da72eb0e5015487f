import { excerpt } from "../../event/errors/mission-dossier-error.js";
import { isJsonObject } from "../../event/json/json-object.js";
import { type Answer, type GivenCase, type Judge, noVerdict } from "./answer.js";
import { ChildProgram, type ProgramEnd } from "./child-program.js";
import { within } from "./within.js";

/**
 * A program that runs for many cases: it gets one case a line, as `{"id","event_type","payload"}`,
 * and answers each with a line, `{"id","valid"}`, before it gets the next. One that crashes, or
 * answers anything else, is started again for the next case.
 */
export class LinesJudge implements Judge {
  private program: LineProgram | undefined;

  /** @param timeout How many seconds an answer may take. */
  constructor(
    private readonly command: string,
    private readonly timeout: number,
  ) {}

  async judge({ id, payload, eventType }: GivenCase): Promise<Answer> {
    this.program ??= new LineProgram(this.command);
    const { program } = this;
    const question = JSON.stringify({ id, event_type: eventType, payload });
    const answer = await within(program.ask(question), this.timeout);
    if (typeof answer === "string") {
      const verdict = parseVerdict(answer, id);
      if (verdict !== undefined) {
        const { valid, violations } = verdict;
        return { verdict: { kind: "given", valid }, remarks: violations };
      }
    }
    this.program = undefined;
    return noVerdict(reason(answer, this.timeout), await program.end());
  }

  stop(): void {
    this.program?.kill();
  }
}

/** A program that answers each line with a line. */
class LineProgram {
  private answered: (line: string) => void = () => {};
  private readonly child: ChildProgram;

  constructor(command: string) {
    this.child = new ChildProgram(command, (line) => this.answered(line));
  }

  ask(line: string): Promise<string | ProgramEnd> {
    // Earlier messages are about earlier cases.
    this.child.takeErrors();
    const answer = new Promise<string>((resolve) => {
      this.answered = resolve;
    });
    this.child.send(`${line}\n`);
    return Promise.race([answer, this.child.ended]);
  }

  /** Ends the program. Gives the last lines of its standard error. */
  async end(): Promise<readonly string[]> {
    this.child.kill();
    // Its last words may still be on their way.
    await within(this.child.ended, 1);
    return this.child.takeErrors();
  }

  kill(): void {
    this.child.kill();
  }
}

function parseVerdict(
  line: string,
  id: string,
): { readonly valid: boolean; readonly violations: readonly string[] } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isJsonObject(json) || json["id"] !== id || typeof json["valid"] !== "boolean") {
    return undefined;
  }
  const { valid, violations = [] } = json;
  return Array.isArray(violations) ? { valid, violations: listed(violations) } : undefined;
}

/** The first few violations, as JSON. */
function listed(violations: readonly unknown[]): readonly string[] {
  const lines = violations.slice(0, FEW).map((violation) => excerpt(JSON.stringify(violation)));
  return violations.length > FEW ? [...lines, `and ${violations.length - FEW} more`] : lines;
}

const FEW = 5;

function reason(answer: string | ProgramEnd | undefined, timeout: number): string {
  if (answer === undefined) {
    return `no answer within ${timeout} s; the output must be flushed after each line`;
  }
  return typeof answer === "string"
    ? `the answer must be {"id": the case's, "valid": true or false}, got ${excerpt(answer, 80)}`
    : `ended with ${answer.text} before its answer`;
}
