import { posix } from "node:path";

/** Everything that a page may do: load the site's own files. Scripts may set styles. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

/** The links in the head of each page. */
const LINKS = [
  ["Playground", "index.html"],
  ["Read me", "README.html"],
  ["Contract", "docs/contract.html"],
  ["API", "docs/api/index.html"],
];

/**
 * The HTML of a page.
 *
 * @param {string} path Where it is in the site.
 * @param {{ title: string, body: string, script: string }} page
 */
export function pageHtml(path, { title, body, script }) {
  const to = (/** @type {string} */ file) => posix.relative(posix.dirname(path), file);
  const links = LINKS.map(([text = "", file = ""]) => {
    const current = file === path ? ' aria-current="page"' : "";
    return `<a href="${to(file)}"${current}>${text}</a>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)} – mission-dossier</title>
<link rel="icon" href="${to("icon.svg")}">
<link rel="stylesheet" href="${to("style.css")}">
<script type="module" src="${to(script)}"></script>
<body>
<header class="site">
<strong>mission-dossier</strong>
<nav aria-label="Site">${links.join("")}</nav>
<form role="search" action="${to("search.html")}"><input type="search" name="q" aria-label="Search the documentation" placeholder="Search"></form>
</header>
${body}
</body>
</html>
`;
}

/** Text as HTML. */
export function escaped(/** @type {string} */ text) {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
