import { themeButton } from "../pages/theme.js";
import { docsSearch } from "./docs-search.js";

// The script of every page of the documentation.

const place = document.getElementById("search");
place?.replaceWith(docsSearch(document.documentElement.dataset["root"] ?? "."), themeButton());
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest" });
