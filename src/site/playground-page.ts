// The script of the playground's page.
import { button, html } from "../pages/dom.js";
import { themeButton } from "../pages/theme.js";
import type { ContractSchemas } from "./field-docs.js";
import { Playground } from "./playground.js";
import { fragmentOf, inputIn, MAX_LINK } from "./share.js";

/** An example, as the build writes it into `examples.json`. */
type Example = { readonly name: string; readonly text: string };

// The build writes both files.
const schemas = (await fetched("contract.json")) as ContractSchemas;
const examples = (await fetched("examples.json")) as readonly Example[];
const playground = new Playground(schemas);

document.querySelector(".site")?.append(themeButton());
document.body.append(
  playground.answer,
  html(
    "div",
    { class: "columns" },
    html("section", { class: "input", "aria-label": "Input" }, tools(), playground.input),
    playground.report,
  ),
);
acceptDrops();
window.addEventListener("hashchange", () => void openLink());
if (!(await openLink())) {
  await playground.open(examples[0]?.text ?? "");
}

function tools(): HTMLElement {
  const example = html(
    "select",
    { "aria-label": "Example" },
    html("option", { disabled: true, selected: true }, "Examples…"),
    ...examples.map(({ name }) => html("option", {}, name)),
  );
  example.addEventListener("change", () => {
    const chosen = examples[example.selectedIndex - 1];
    example.selectedIndex = 0;
    void playground.open(chosen?.text ?? "");
  });
  const file = html("input", { type: "file", hidden: true });
  file.addEventListener("change", () => {
    openFirst(file.files);
    file.value = "";
  });
  return html(
    "div",
    { class: "tools" },
    example,
    button({}, "Open a file…", () => file.click()),
    file,
    button({}, "Clear", () => void playground.open("")),
    button({}, "Make a link", () => void share()),
  );
}

function acceptDrops(): void {
  // Captured before the editor gets the event, which would insert the file as text.
  const options = { capture: true };
  document.addEventListener("dragover", (event) => event.preventDefault(), options);
  document.addEventListener(
    "drop",
    (event) => {
      if (event.dataTransfer !== null && event.dataTransfer.files.length > 0) {
        event.preventDefault();
        event.stopPropagation();
        openFirst(event.dataTransfer.files);
      }
    },
    options,
  );
}

function openFirst(files: FileList | null): void {
  const file = files?.[0];
  if (file !== undefined) {
    void playground.open(file);
  }
}

async function share(): Promise<void> {
  const { text } = playground;
  const fragment = text === undefined ? undefined : await fragmentOf(text);
  if (fragment === undefined || fragment.length > MAX_LINK) {
    const limit = MAX_LINK.toLocaleString("en");
    playground.say(`The input is too large for a link of ${limit} characters. Send the file.`);
    return;
  }
  history.replaceState(null, "", fragment);
  try {
    await navigator.clipboard.writeText(location.href);
    playground.say("The link is on the clipboard and in the address bar.");
  } catch {
    playground.say("The link is in the address bar.");
  }
}

/** Opens the input that the address carries, if it carries one. */
async function openLink(): Promise<boolean> {
  try {
    const text = await inputIn(location.hash);
    if (text !== undefined) {
      await playground.open(text);
    }
    return text !== undefined;
  } catch {
    playground.say("The link is damaged, so its input cannot be read.");
    return false;
  }
}

async function fetched(file: string): Promise<unknown> {
  return await (await fetch(file)).json();
}
