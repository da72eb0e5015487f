import { html } from "./dom.js";

/** A select with a label. The value of an option is its text. */
export class Choice {
  readonly element: HTMLElement;
  private readonly select = html("select");
  private options: readonly string[] = [];

  constructor(label: string, choose: (option: string) => void) {
    this.select.addEventListener("change", () => choose(this.select.value));
    this.element = html("label", {}, `${label} `, this.select);
  }

  /** Offers these options. If they are the same as before, the list stays open. */
  show(options: readonly string[], chosen: string): void {
    if (options.join("\n") !== this.options.join("\n")) {
      this.options = options;
      this.select.replaceChildren(...options.map((option) => html("option", {}, option)));
    }
    this.select.value = chosen;
  }
}
