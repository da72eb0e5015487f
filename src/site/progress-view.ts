import { button, html } from "../pages/dom.js";

/** Shows the progress of reading, and other messages about the input. */
export class ProgressView {
  readonly element: HTMLElement;
  private readonly bar = html("progress", { "aria-label": "Reading the input" });
  private readonly text = html("span", { role: "status" });
  private readonly work: HTMLElement;

  /** @param cancel Stops the reading. */
  constructor(cancel: () => void) {
    this.work = html("span", { class: "work" }, this.bar, button({}, "Cancel", cancel));
    this.element = html("div", { class: "progress" }, this.work, this.text);
    this.say("");
  }

  /** Shows how much of an input has been read, in bytes. */
  show(bytes: number, size: number): void {
    this.work.hidden = false;
    this.bar.max = size;
    this.bar.value = Math.min(bytes, size);
    this.text.textContent = `${megabytes(bytes)} of ${megabytes(size)} MB read`;
  }

  /** Shows a message, when nothing is being read. */
  say(text: string): void {
    this.work.hidden = true;
    this.text.textContent = text;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
