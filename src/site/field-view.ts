import { html } from "../pages/dom.js";
import type { FieldFacts } from "./field-docs.js";

/** Shows the contract's description of the field at the cursor. */
export class FieldView {
  readonly element = html("section", { class: "field", "aria-labelledby": "field-title" });
  private readonly title = html("h2", { id: "field-title" }, TITLE);
  private readonly body = html("div");

  constructor() {
    this.element.append(this.title, this.body);
    this.show(undefined);
  }

  show(facts: FieldFacts | undefined): void {
    if (facts === undefined) {
      this.title.textContent = TITLE;
      this.body.replaceChildren(
        html(
          "p",
          { class: "note" },
          "Put the cursor on a field to read what the contract says about it.",
        ),
      );
      return;
    }
    const { message, name, isRequired, description, schema } = facts;
    this.title.textContent = name === "" ? message : name;
    this.body.replaceChildren(
      html(
        "p",
        { class: "note" },
        name === "" ? "" : `${isRequired ? "Required" : "Optional"} in `,
        html("a", { href: `docs/contract.html#${message.toLowerCase()}` }, message),
      ),
      html("p", {}, ...withCode(description)),
      html(
        "details",
        {},
        html("summary", {}, "JSON Schema"),
        html("pre", { tabindex: 0 }, JSON.stringify(schema, undefined, 2)),
      ),
    );
  }
}

/** The text of a comment, in which names stand between backticks. */
function withCode(text: string): (string | HTMLElement)[] {
  return text.split("`").map((part, index) => (index % 2 === 0 ? part : html("code", {}, part)));
}

const TITLE = "Field at the cursor";
