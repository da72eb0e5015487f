// The script of every page of the documentation.
import { themeButton } from "../pages/theme.js";

document.querySelector(".site")?.append(themeButton());
