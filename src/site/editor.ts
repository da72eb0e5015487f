import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { json } from "@codemirror/legacy-modes/mode/javascript";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { html } from "../pages/dom.js";

/** The events of an editor, for its page. */
export type EditorEvents = {
  /** The person changed the text. */
  readonly onEdit: () => void;
  /** The cursor moved. */
  readonly onCursor: () => void;
};

/**
 * The editor of the input. It is in a shadow root, where its styles are style sheets made by
 * script, which the content-security policy allows; elsewhere they would be style elements.
 */
export class Editor {
  readonly element = html("div", { class: "editor" });
  private readonly view: EditorView;
  private readonly access = new Compartment();
  /** True while the page itself changes the text. */
  private isLoading = false;

  constructor({ onEdit, onCursor }: EditorEvents) {
    const root = this.element.attachShadow({ mode: "open" });
    const update = EditorView.updateListener.of(({ docChanged, selectionSet }) => {
      if (docChanged && !this.isLoading) {
        onEdit();
      }
      if (docChanged || selectionSet) {
        onCursor();
      }
    });
    this.view = new EditorView({
      parent: root,
      root,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "Events, as JSON Lines", tabindex: "0" }),
        StreamLanguage.define({ ...json, tokenTable: { property: tags.propertyName } }),
        syntaxHighlighting(HIGHLIGHTS),
        placeholder("Paste events here, one a line, or drop a file"),
        keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
        this.access.of([]),
        THEME,
        update,
      ],
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** The offset of the cursor in the text. */
  get cursor(): number {
    return this.view.state.selection.main.head;
  }

  /** Where a line begins, counted from 1. */
  lineStart(line: number): number {
    const { doc } = this.view.state;
    return doc.line(Math.min(Math.max(1, line), doc.lines)).from;
  }

  /** Replaces the text. A text that shows only a part of the input is read-only. */
  load(text: string, { isReadOnly }: { readonly isReadOnly: boolean }): void {
    this.isLoading = true;
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      effects: this.access.reconfigure(isReadOnly ? EditorState.readOnly.of(true) : []),
    });
    this.isLoading = false;
  }

  /** Underlines problems, each with its actions. */
  showProblems(diagnostics: readonly Diagnostic[]): void {
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** Puts the cursor at a place in the text, and shows it. */
  reveal(offset: number): void {
    const anchor = Math.min(offset, this.view.state.doc.length);
    this.view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: "center" }),
    });
  }

  focus(): void {
    this.view.focus();
  }

  /** Replaces a part of the text, as if the person had done so. */
  replace(from: number, to: number, insert: string): void {
    this.view.dispatch({ changes: { from, to, insert }, userEvent: "input" });
  }
}

const HIGHLIGHTS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.string], color: "var(--text)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--accent)" },
]);

const wavy = (color: string) => ({
  // The marks of the lint package are images, which the policy does not allow.
  backgroundImage: "none",
  textDecoration: `underline wavy var(--${color})`,
  textUnderlineOffset: "3px",
  backgroundColor: `var(--${color}-ground)`,
});

const sign = (color: string, text: string) => ({
  // An image, again.
  content: "normal",
  "&::before": {
    content: `"${text}"`,
    color: `var(--${color})`,
    fontFamily: "system-ui, sans-serif",
    fontWeight: "700",
  },
});

const THEME = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--ground)", color: "var(--text)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "12px", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text)", overflowWrap: "anywhere" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": {
    backgroundColor: "var(--raised)",
    color: "var(--muted)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-placeholder": { color: "var(--muted)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { background: "light-dark(#cfe3fa, #26415f)" },
  ".cm-lintRange-error": wavy("bad"),
  ".cm-lintRange-warning": wavy("warn"),
  ".cm-lint-marker-error": sign("bad", "✕"),
  ".cm-lint-marker-warning": sign("warn", "!"),
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    border: "1px solid var(--field)",
    maxWidth: "60ch",
  },
  ".cm-diagnosticAction": {
    backgroundColor: "var(--ground)",
    color: "var(--accent)",
    border: "1px solid var(--field)",
  },
});
