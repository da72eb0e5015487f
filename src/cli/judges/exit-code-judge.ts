import { type Answer, type GivenCase, type Judge, noVerdict } from "./answer.js";
import { ChildProgram } from "./child-program.js";
import { within } from "./within.js";

/**
 * A program that is run once for each case: the payload on standard input, the event type as
 * the last argument, and the exit code as the verdict.
 */
export class ExitCodeJudge implements Judge {
  private program: ChildProgram | undefined;

  /** @param timeout How many seconds a case may take. */
  constructor(
    private readonly command: string,
    private readonly timeout: number,
  ) {}

  async judge({ payload, eventType }: GivenCase): Promise<Answer> {
    // Event types are plain words, which need no quotes in any shell.
    const program = new ChildProgram(`${this.command} ${eventType}`);
    this.program = program;
    program.send(JSON.stringify(payload));
    program.endInput();
    const end = await within(program.ended, this.timeout);
    if (end === undefined) {
      program.kill();
      return noVerdict(`not ended within ${this.timeout} s`, program.takeErrors());
    }
    const remarks = program.takeErrors();
    return end.code === 0 || end.code === 1
      ? { verdict: { kind: "given", valid: end.code === 0 }, remarks }
      : noVerdict(`${end.text}; 0 is valid, 1 is invalid`, remarks);
  }

  stop(): void {
    this.program?.kill();
  }
}
