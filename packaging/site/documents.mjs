import { existsSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import GithubSlugger from "github-slugger";
import { Marked } from "marked";
import { escaped } from "./page.mjs";

/** @typedef {{ path: string, title: string, body: string }} Page */
/** @typedef {{ href: string, page: string, title: string, text: string }} Entry A section. */
/** @typedef {{ id: string, level: number, title: string, text: string[] }} Section */
/** @typedef {{ file: string, html: string, sections: Section[], links: string[] }} Document */

/**
 * A document and every one that links lead to from it, as pages.
 *
 * @returns {{ pages: Page[], files: string[], entries: Entry[] }} The pages, other files that
 * they need, and the sections for the search.
 * @throws Error for links that lead nowhere. Its message lists all of them.
 */
export function documentsFrom(/** @type {string} */ start) {
  /** @type {Map<string, Document>} */
  const documents = new Map();
  /** @type {Set<string>} */
  const others = new Set();
  const queue = [start];
  for (const file of queue) {
    if (documents.has(file) || others.has(file)) {
      continue;
    }
    if (!isShown(file)) {
      others.add(file);
      continue;
    }
    const document = read(file);
    documents.set(file, document);
    queue.push(...document.links.map((link) => targetOf(file, link).file).filter(isThere));
  }
  const dead = [...documents.values()].flatMap((document) => deadLinks(document, documents));
  if (dead.length > 0) {
    throw new Error(`Links that lead nowhere:\n${dead.join("\n")}`);
  }
  const all = [...documents.values()].sort((a, b) => rankOf(a.file) - rankOf(b.file));
  return {
    pages: all.map((document) => pageOf(document, all)),
    files: [...others],
    entries: all.flatMap(entriesOf),
  };
}

/** Documents come first, then the reference of the library, then programs. */
function rankOf(/** @type {string} */ file) {
  return file.startsWith("docs/api/") ? 1 : file.endsWith(".md") ? 0 : 2;
}

/** The path of the page that shows a document. */
function pagePath(/** @type {string} */ file) {
  return file.endsWith(".md") ? file.replace(/\.md$/, ".html") : `${file}.html`;
}

/** Whether a file is shown as a page; a picture is not. */
function isShown(/** @type {string} */ file) {
  return !/\.(png|svg)$/.test(file);
}

function isThere(/** @type {string} */ file) {
  return existsSync(file) && statSync(file).isFile();
}

/** Whether a link leads to another site. */
function isForeign(/** @type {string} */ link) {
  return /^[a-z]+:/i.test(link);
}

/** The file and the section that a link in a file leads to. A folder means what it says of itself. */
function targetOf(/** @type {string} */ from, /** @type {string} */ link) {
  const [path = "", section = ""] = link.split("#");
  const file = path === "" ? from : posix.join(posix.dirname(from), decodeURIComponent(path));
  const isFolder = existsSync(file) && statSync(file).isDirectory();
  return { file: isFolder ? posix.join(file, "README.md") : file, section };
}

/** @returns {string[]} */
function deadLinks(
  /** @type {Document} */ { file, links },
  /** @type {Map<string, Document>} */ all,
) {
  return links
    .filter((link) => {
      const target = targetOf(file, link);
      const sections = all.get(target.file)?.sections.map(({ id }) => id);
      return (
        !isThere(target.file) || (target.section !== "" && !sections?.includes(target.section))
      );
    })
    .map((link) => `${file}: ${link}`);
}

/** @returns {Document} */
function read(/** @type {string} */ file) {
  const text = readFileSync(file, "utf8");
  if (!file.endsWith(".md")) {
    const html = `<h1>${escaped(file)}</h1><pre tabindex="0"><code>${escaped(text)}</code></pre>`;
    return { file, html, sections: [{ id: "", level: 1, title: file, text: [] }], links: [] };
  }
  const slugger = new GithubSlugger();
  /** @type {Section[]} */
  const sections = [];
  /** @type {string[]} */
  const links = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const title = plain(this.parser.parseInline(tokens, this.parser.textRenderer));
        const id = slugger.slug(title);
        sections.push({ id, level: depth, title, text: [] });
        return `<h${depth} id="${escaped(id)}">${html}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        return `<a href="${escaped(rewritten(href))}">${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text }) {
        links.push(href);
        return `<img src="${escaped(href)}" alt="${escaped(text)}">`;
      },
      html({ raw }) {
        if (!/^\s*<!--/.test(raw)) {
          throw new Error(`${file}: a page must not have HTML of its own: ${raw}`);
        }
        return "";
      },
      code({ text: code }) {
        return `<pre tabindex="0"><code>${escaped(code)}</code></pre>\n`;
      },
    },
    hooks: {
      postprocess: (html) =>
        html
          .replaceAll("<table>", '<div class="wide" tabindex="0"><table>')
          .replaceAll("</table>", "</table></div>"),
    },
  });
  const html = String(marked.parse(text));
  addTexts(sections, html);
  return { file, html, sections, links };

  function rewritten(/** @type {string} */ href) {
    if (isForeign(href)) {
      return href;
    }
    links.push(href);
    const target = targetOf(file, href);
    const section = target.section === "" ? "" : `#${target.section}`;
    const isHere = target.file === file;
    const path = posix.relative(
      posix.dirname(file),
      isShown(target.file) ? pagePath(target.file) : target.file,
    );
    return isHere ? section : path + section;
  }
}

/** Adds to each section the text of its HTML. */
function addTexts(/** @type {Section[]} */ sections, /** @type {string} */ html) {
  const [, ...parts] = html.split(/<h[1-6] id="[^"]*">/);
  sections.forEach((section, index) => {
    const [, body = ""] = (parts[index] ?? "").split(/<\/h[1-6]>/);
    section.text = [plain(body)];
  });
}

/** The text of HTML that this file made. */
function plain(/** @type {string} */ html) {
  return html
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();
}

/** @returns {Page} */
function pageOf(/** @type {Document} */ { file, html, sections }, /** @type {Document[]} */ all) {
  const groups = Object.entries(GROUPS).map(([group, isIn]) => {
    const links = all
      .filter((each) => isIn(each.file))
      .sort((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1))
      .map((each) => {
        const current = each.file === file ? ' aria-current="page"' : "";
        const path = posix.relative(posix.dirname(file), pagePath(each.file));
        return `<li><a href="${escaped(path)}"${current}>${escaped(titleOf(each))}</a></li>`;
      });
    return `<p class="note">${group}</p><ul>${links.join("")}</ul>`;
  });
  const parts = sections
    .filter(({ level }) => level === 2 || (level === 3 && sections.length < MANY))
    .map(
      ({ id, level, title }) =>
        `<li class="level-${level}"><a href="#${id}">${escaped(title)}</a></li>`,
    );
  const body = `<div class="document-columns">
<nav aria-label="Documentation">${groups.join("\n")}</nav>
<main class="document">${html}</main>
<nav aria-label="On this page"><ul>${parts.join("")}</ul></nav>
</div>`;
  return { path: pagePath(file), title: titleOf({ file, sections }), body };
}

/** The groups of the navigation, each with the files that are in it. */
const GROUPS = {
  Guides: (/** @type {string} */ file) => /^[^/]+$|^docs\/[^/]+$/.test(file),
  Library: (/** @type {string} */ file) => file.startsWith("docs/api/"),
  Examples: (/** @type {string} */ file) => !/^(?:[^/]+|docs\/.*)$/.test(file),
};

/** A page with more sections lists only those of the second level beside it. */
const MANY = 60;

function titleOf(/** @type {Pick<Document, "file" | "sections">} */ { file, sections: [first] }) {
  return file.startsWith("docs/api/") ? `API: ${first?.title ?? file}` : (first?.title ?? file);
}

/** @returns {Entry[]} */
function entriesOf(/** @type {Document} */ document) {
  const page = titleOf(document);
  return document.sections.map(({ id, title, text }) => ({
    href: `${pagePath(document.file)}${id === "" ? "" : `#${id}`}`,
    page,
    title,
    text: text.join(" "),
  }));
}
