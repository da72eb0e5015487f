import { StringDecoder } from "node:string_decoder";
import { excerpt } from "../../event/errors/mission-dossier-error.js";

/** The standard error of a program, of which only the beginning and the end are kept. */
export class ErrorOutput {
  private readonly decoder = new StringDecoder("utf8");
  private beginning = "";
  private end = "";

  add(chunk: Buffer): void {
    const text = this.decoder.write(chunk);
    const room = MAX_PART - this.beginning.length;
    this.beginning += text.slice(0, room);
    this.end = (this.end + text.slice(Math.max(0, room))).slice(-MAX_PART);
  }

  /**
   * A few lines, the first and the last ones: some languages name an error above its stack
   * trace, others below.
   */
  lines(): readonly string[] {
    const lines = `${this.beginning}${this.end}`
      .split("\n")
      .map((line) => excerpt(line.trimEnd()))
      .filter((line) => line !== "");
    return lines.length <= 2 * FEW + 1
      ? lines
      : [...lines.slice(0, FEW), "…", ...lines.slice(-FEW)];
  }
}

const MAX_PART = 8192;
const FEW = 4;
