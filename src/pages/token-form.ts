import { html } from "./dom.js";

/** Asks for the token of the server. */
export function tokenForm(give: (token: string) => void): HTMLElement {
  const input = html("input", { type: "password", autocomplete: "current-password", size: 32 });
  const form = html(
    "form",
    { class: "tools" },
    html("label", {}, "Token ", input),
    html("button", { type: "submit" }, "Show the missions"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    give(input.value.trim());
  });
  return html("main", {}, html("h1", {}, "Missions"), form);
}
