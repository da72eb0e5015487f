import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path/posix";
import GithubSlugger from "github-slugger";
import hljs from "highlight.js/lib/common";
import { Marked } from "marked";
import MiniSearch from "minisearch";
import { bundled } from "./pages.mjs";

/** The pages, in the order of the navigation. Their titles are their headings. */
const GROUPS = [
  {
    title: "Guides",
    files: ["README.md", ...guides("adopting generations report parity indexing")],
  },
  { title: "Projection", files: guides("projection operating") },
  { title: "Contract", files: guides("contract errors versions rules porting") },
  { title: "Library", files: apiPages() },
  {
    title: "About",
    files: [...guides("decisions performance dependencies"), "examples/README.md"],
  },
];

/** The path of the page of each file, from the folder of the documentation. */
const PAGES = new Map(GROUPS.flatMap(({ files }) => files).map((file) => [file, pagePath(file)]));

/**
 * Writes the documentation as pages, with navigation and search, and with the same style as the
 * playground beside its folder. Throws when a page or a link leads nowhere.
 */
export async function writeDocs(/** @type {string} */ folder) {
  const documents = [...PAGES.keys()].map(readDocument);
  checkLinks(documents);
  for (const document of documents) {
    const file = join(folder, document.page);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, htmlOf(document, documents));
  }
  writeFileSync(join(folder, "search-index.json"), JSON.stringify(searchIndex(documents)));
  writeFileSync(join(folder, "docs.js"), await bundled("src/site/docs-page.ts"));
  const styles = ["src/pages/style.css", "src/site/docs.css"];
  writeFileSync(
    join(folder, "style.css"),
    styles.map((file) => readFileSync(file, "utf8")).join("\n"),
  );
  cpSync("docs/images", join(folder, "images"), { recursive: true });
}

function guides(/** @type {string} */ names) {
  return names.split(" ").map((name) => `docs/${name}.md`);
}

/** The pages of the reference that is generated from the doc comments. */
function apiPages() {
  const files = readdirSync("docs/api", { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".md") && file !== "README.md")
    .map((file) => `docs/api/${file.replaceAll("\\", "/")}`)
    .sort();
}

function pagePath(/** @type {string} */ file) {
  if (file === "README.md") {
    return "index.html";
  }
  return file.replace(/^docs\//, "").replace(/(?:\/README)?\.md$/, ".html");
}

/**
 * @typedef {{ slug: string, title: string, text: string, level: number }} Section
 * @typedef {{ file: string, page: string, title: string, html: string, sections: Section[],
 *   links: string[] }} Document
 */

/** @returns {Document} */
function readDocument(/** @type {string} */ file) {
  const slugger = new GithubSlugger();
  /** @type {Section[]} */
  const sections = [];
  /** @type {string[]} */
  const links = [];
  const page = pagePath(file);
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const title = plainText(tokens);
        const slug = slugger.slug(title);
        sections.push({ slug, title, text: "", level: depth });
        return `<h${depth} id="${escaped(slug)}">${html}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const target = targetOf(href, file);
        if (target === undefined) {
          return text;
        }
        links.push(target);
        const address = /^[a-z]+:/.test(target) ? target : addressFrom(page, target);
        return `<a href="${escaped(address)}">${text}</a>`;
      },
      image({ href, text }) {
        const source = addressFrom(page, href.replace(/^(?:\.\/)?(?:docs\/)?/, ""));
        return `<img src="${escaped(source)}" alt="${escaped(text)}" loading="lazy">`;
      },
      code({ text, lang = "" }) {
        const language = hljs.getLanguage(lang) === undefined ? "plaintext" : lang;
        const { value } = hljs.highlight(text, { language });
        return `<pre tabindex="0"><code>${value}</code></pre>\n`;
      },
    },
    walkTokens({ type, ...token }) {
      if (type === "html" && !token.raw.startsWith("<!--")) {
        throw new Error(`${file} has HTML, which a page would show as it is: ${token.raw}`);
      }
    },
  });
  const source = readFileSync(file, "utf8");
  const html = marked
    .parse(source, { async: false })
    .replace(/<table>[\s\S]*?<\/table>/g, '<div class="wide" role="group" tabindex="0">$&</div>');
  textOfSections(source, sections);
  const heading = file === "README.md" ? "Overview" : (sections[0]?.title ?? file);
  const title = file.startsWith("docs/api/") ? entryPoint(file) : heading;
  return { file, page, title, html, sections, links };
}

/** The import that a page of the reference is about. */
function entryPoint(/** @type {string} */ file) {
  return file.replace(/^docs\/api\/(?:index)?/, "mission-dossier/").replace(/\/?\.md$/, "");
}

/** Gives each section the text below its heading, as words to search for. */
function textOfSections(/** @type {string} */ source, /** @type {Section[]} */ sections) {
  let at = -1;
  let isCode = false;
  for (const line of source.split("\n")) {
    isCode = line.startsWith("```") ? !isCode : isCode;
    if (!isCode && /^#{1,6} /.test(line)) {
      at++;
    } else if (sections[at] !== undefined) {
      sections[at].text += `${line}\n`;
    }
  }
}

function plainText(/** @type {import("marked").Token[]} */ tokens) {
  /** @type {(token: import("marked").Token) => string} */
  const textOf = (token) =>
    "tokens" in token && token.tokens !== undefined
      ? token.tokens.map(textOf).join("")
      : "text" in token
        ? token.text
        : "";
  return tokens.map(textOf).join("");
}

/**
 * What a link leads to: an address elsewhere, or a page with its anchor. Files of the repository
 * that are no pages have no address.
 */
function targetOf(/** @type {string} */ href, /** @type {string} */ file) {
  if (/^[a-z]+:/.test(href)) {
    return href;
  }
  const [path = "", anchor] = href.split("#");
  const linked = path === "" ? file : join(dirname(file), path);
  if (!existsSync(linked)) {
    throw new Error(`${file} links to ${href}, which is not there`);
  }
  const page = PAGES.get(linked);
  return page === undefined ? undefined : anchor === undefined ? page : `${page}#${anchor}`;
}

function addressFrom(/** @type {string} */ page, /** @type {string} */ target) {
  return relative(dirname(page), target);
}

function checkLinks(/** @type {readonly Document[]} */ documents) {
  const places = new Set(
    documents.flatMap(({ page, sections }) => [
      page,
      ...sections.map(({ slug }) => `${page}#${slug}`),
    ]),
  );
  const dead = documents.flatMap(({ file, links }) =>
    links
      .filter((link) => !/^[a-z]+:/.test(link) && !places.has(link))
      .map((link) => `${file} links to ${link}`),
  );
  if (dead.length > 0) {
    throw new Error(`links to places that are not there:\n${dead.join("\n")}`);
  }
}

/** The index of all sections, with the options that a page reads it with. */
function searchIndex(/** @type {readonly Document[]} */ documents) {
  const options = {
    fields: ["section", "page", "text"],
    storeFields: ["section", "page", "excerpt"],
  };
  const index = new MiniSearch(options);
  for (const { page, title, sections } of documents) {
    index.addAll(
      outermost(sections).map(({ slug, title: section, text }) => ({
        id: `${page}#${slug}`,
        page: title,
        section,
        text,
        excerpt: excerptOf(text),
      })),
    );
  }
  return { options, index };
}

/** The sections down to the third level, each with the text of those below it. */
function outermost(/** @type {readonly Section[]} */ sections) {
  /** @type {Section[]} */
  const found = [];
  for (const section of sections) {
    const last = found.at(-1);
    if (section.level <= 3 || last === undefined) {
      found.push({ ...section });
    } else {
      last.text += `\n${section.title}\n${section.text}`;
    }
  }
  return found;
}

/** The beginning of a text in Markdown, without its marks. */
function excerptOf(/** @type {string} */ text) {
  const words = text.replace(/[`*|>\\]|\]\([^)]*\)|\[(?=[^\]]+\]\()|-{3,}/g, "").split(/\s+/);
  return words.join(" ").trim().slice(0, 140);
}

function htmlOf(/** @type {Document} */ document, /** @type {readonly Document[]} */ documents) {
  const { page, title, html } = document;
  const root = relative(dirname(page), ".") || ".";
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en" data-root="${root}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)} · mission-dossier</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}/style.css">
<script src="${root}/docs.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="bar">
<a class="name" href="${root}/index.html">mission-dossier</a>
<a href="${root}/../index.html">Playground</a>
<div id="search"></div>
</header>
<div class="columns">
<nav aria-label="Documentation">
${GROUPS.map((group) => groupHtml(group, page, documents)).join("\n")}
</nav>
<main id="content">
${html}</main>
</div>
</body>
</html>
`;
}

function groupHtml(
  /** @type {{ title: string, files: string[] }} */ { title, files },
  /** @type {string} */ current,
  /** @type {readonly Document[]} */ documents,
) {
  const items = documents
    .filter(({ file }) => files.includes(file))
    .map(({ page, title: text }) => {
      const mark = page === current ? ' aria-current="page"' : "";
      return `<li><a href="${escaped(addressFrom(current, page))}"${mark}>${escaped(text)}</a></li>`;
    });
  return `<h2>${title}</h2>\n<ul>${items.join("")}</ul>`;
}

function escaped(/** @type {string} */ text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
