import type { Diagnostic } from "@codemirror/lint";
import { getNodeValue } from "jsonc-parser";
import { html } from "../pages/dom.js";
import { generationOf } from "../event/generation/shown.js";
import { isJsonObject } from "../event/json/json-object.js";
import type { ViolationPath } from "../event/errors/violation.js";
import type { Place } from "../stream/place.js";
import type { TroubledRecord } from "./analysis.js";
import { Editor } from "./editor.js";
import { type ContractSchemas, type FieldFacts, fieldFacts } from "./field-docs.js";
import { FieldView } from "./field-view.js";
import { type Fix, fixesOf, rangeOf } from "./fixes.js";
import type { Problem } from "./problem.js";
import { RecordPlaces } from "./record-places.js";

/** The text of the input with its problems underlined, and facts about the field at the cursor. */
export class InputView {
  readonly element = html("div");
  private readonly field = new FieldView();
  private readonly editor: Editor;
  private places: RecordPlaces;
  private isReadOnly = false;

  /** @param onEdit Called when the text has changed, and whether a fix has changed it. */
  constructor(
    private readonly schemas: ContractSchemas,
    private readonly onEdit: (isFix: boolean) => void,
  ) {
    this.editor = new Editor({ onEdit: () => onEdit(false), onCursor: () => this.showField() });
    this.places = this.placesOf([]);
    this.element.append(this.editor.element, this.field.element);
  }

  get text(): string {
    return this.editor.text;
  }

  /** Replaces the text. A text that shows only a part of the input is read-only. */
  load(text: string, { isReadOnly }: { readonly isReadOnly: boolean }): void {
    this.isReadOnly = isReadOnly;
    this.editor.load(text, { isReadOnly });
    this.places = this.placesOf([]);
  }

  /** Underlines the problems of the text. */
  show(places: readonly Place[], troubled: readonly TroubledRecord[]): void {
    this.places = this.placesOf(places);
    this.editor.showProblems(troubled.flatMap((record) => this.diagnosticsOf(record)));
    this.showField();
  }

  focus(): void {
    this.editor.focus();
  }

  /** Shows the first problem of a record, or else its beginning. The focus stays where it is. */
  reveal({ place, problems: [first] }: TroubledRecord): void {
    const node = this.places.record(place);
    const start = node?.offset ?? this.editor.lineStart(place.line);
    this.editor.reveal(
      node === undefined || first === undefined ? start : rangeOf(first.path, node).offset,
    );
  }

  /** The changes that fix a problem. */
  fixesOf({ place }: TroubledRecord, problem: Problem): readonly Fix[] {
    const node = this.isReadOnly ? undefined : this.places.record(place);
    const literals = this.facts(place, problem.path)?.literals ?? [];
    return node === undefined ? [] : fixesOf(problem, node, this.places.text, literals);
  }

  /** Changes the text, and moves the cursor there. A fix for an older text only judges again. */
  apply({ edit: { offset, length, content } }: Fix): void {
    if (this.editor.text === this.places.text) {
      this.editor.replace(offset, offset + length, content);
      this.editor.reveal(offset);
      this.editor.focus();
    }
    this.onEdit(true);
  }

  private placesOf(places: readonly Place[]): RecordPlaces {
    return new RecordPlaces(this.editor.text, places, (line) => this.editor.lineStart(line));
  }

  private diagnosticsOf(record: TroubledRecord): Diagnostic[] {
    const node = this.places.record(record.place);
    const start = this.editor.lineStart(record.place.line);
    return record.problems.map((problem) => {
      const { path, field, text, isWarning } = problem;
      const { offset, length } =
        node === undefined ? { offset: start, length: 1 } : rangeOf(path, node);
      return {
        from: offset,
        to: Math.min(offset + length, this.places.text.length),
        severity: isWarning ? "warning" : "error",
        message: field === "" ? text : `${field}: ${text}`,
        actions: this.fixesOf(record, problem).map((fix) => ({
          name: fix.label,
          apply: () => this.apply(fix),
        })),
      };
    });
  }

  private showField(): void {
    const at = this.places?.fieldAt(this.editor.cursor);
    this.field.show(at && this.facts(at.place, at.path));
  }

  private facts(place: Place, path: ViolationPath): FieldFacts | undefined {
    const node = this.places.record(place);
    const json: unknown = node && getNodeValue(node);
    const type = isJsonObject(json) ? json["event_type"] : undefined;
    return fieldFacts(this.schemas, type, generationOf(json), path);
  }
}
