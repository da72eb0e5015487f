import { html, setChildren } from "../pages/dom.js";
import { ReportView } from "../pages/report-view.js";
import { TableView } from "../pages/table-view.js";
import { GZIP_MAGIC, startsWith } from "../stream/bytes.js";
import type { Place } from "../stream/place.js";
import { type Analysis, type Mission, placeNumber, type TroubledRecord } from "./analysis.js";
import { Analyzer, CanceledError } from "./analyzer.js";
import { answerView } from "./answer-view.js";
import type { ContractSchemas } from "./field-docs.js";
import { InputView } from "./input-view.js";
import { ProgressView } from "./progress-view.js";

/** Milliseconds after the last change before the input is judged again. */
const PAUSE = 250;

/** The largest file in the editor, in bytes. Of a larger one, it shows one record at a time. */
const MAX_EDITABLE = 2 ** 20;

/** The playground: an input, and everything that the package says about it. */
export class Playground {
  readonly answer = html("div");
  readonly input = html("div");
  readonly report = html("div", { class: "report" });
  private readonly analyzer = new Analyzer();
  private readonly records = html("div");
  private readonly progress = new ProgressView(() => this.analyzer.cancel());
  private readonly view: InputView;
  /** The file, if the editor does not hold it. */
  private file: File | undefined;
  /** The views of the input, which are updated in place when it is edited. */
  private table: TableView | undefined;
  private shown: ReportView | undefined;
  private analysis: Analysis | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(schemas: ContractSchemas) {
    this.view = new InputView(schemas, (isFix) => this.edited(isFix ? 0 : PAUSE));
    this.input.append(this.progress.element, this.view.element, this.records);
  }

  /** The input, if the editor holds all of it. */
  get text(): string | undefined {
    return this.file === undefined ? this.view.text : undefined;
  }

  /** Shows an input in place of the one before. */
  async open(input: string | File): Promise<void> {
    this.file = typeof input === "string" || (await isEditable(input)) ? undefined : input;
    const text =
      typeof input === "string" ? input : this.file === undefined ? await input.text() : "";
    this.view.load(text, { isReadOnly: this.file !== undefined });
    this.table = undefined;
    this.shown?.remove();
    this.shown = undefined;
    const analysis = await this.judge();
    const [first] = analysis?.troubled ?? [];
    if (first !== undefined) {
      await this.reveal(first);
    }
  }

  /** Says something about the input. */
  say(text: string): void {
    this.progress.say(text);
  }

  private edited(pause: number): void {
    if (this.file === undefined) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.judge(), pause);
    }
  }

  private async judge(): Promise<Analysis | undefined> {
    clearTimeout(this.timer);
    const { file } = this;
    const source = file ?? new Blob([this.view.text]);
    const analysis = await this.unlessCanceled(
      this.analyzer.analyze(source, file?.name ?? "editor", (bytes, size) =>
        this.progress.show(bytes, size),
      ),
    );
    if (analysis !== undefined) {
      const isLarge = file !== undefined;
      this.progress.say(
        isLarge ? "This file is too large to edit. Choose a record to see it." : "",
      );
      this.show(analysis);
    }
    return analysis;
  }

  private show(analysis: Analysis): void {
    const { records, places, troubled, missions } = analysis;
    this.analysis = analysis;
    if (this.table === undefined) {
      this.table = new TableView(records.id);
      this.records.replaceChildren(this.table.element);
    }
    this.table.show(records, (number) => {
      // The table keeps this function while the input is edited.
      if (this.analysis !== undefined) {
        void this.goTo(this.analysis, Number(number));
      }
    });
    if (this.file === undefined) {
      this.view.show(places, troubled);
    }
    if (missions[0] !== undefined) {
      this.showMission(analysis, missions[0]);
    }
  }

  private showMission(analysis: Analysis, mission: Mission): void {
    const goTo = ({ place }: TroubledRecord): void => void this.goTo(analysis, placeNumber(place));
    const answer = answerView(analysis, mission, {
      goTo,
      choose: (chosen) => this.showMission(analysis, chosen),
      fixesOf: (record, problem) => this.view.fixesOf(record, problem),
      apply: (fix) => this.view.apply(fix),
    });
    this.answer.replaceChildren(answer);
    if (this.shown === undefined) {
      this.shown = new ReportView(mission.report);
    } else {
      this.shown.show(mission.report);
    }
    setChildren(this.report, [this.shown.element, stateView(mission.state)]);
  }

  private async goTo({ places, troubled }: Analysis, number: number): Promise<void> {
    const isWanted = ({ place }: { readonly place: Place }): boolean =>
      placeNumber(place) === number;
    // The places of a large file are not sent to the page.
    const place = places.find((each) => isWanted({ place: each })) ?? {
      line: number,
      item: undefined,
    };
    await this.reveal(troubled.find(isWanted) ?? { place, problems: [] });
    this.view.focus();
  }

  private async reveal(record: TroubledRecord): Promise<void> {
    if (this.file === undefined) {
      this.view.reveal(record);
    } else {
      await this.showRecord(this.file, placeNumber(record.place));
    }
  }

  /** Shows one record of a file that the editor does not hold. */
  private async showRecord(file: File, number: number): Promise<void> {
    const record = await this.unlessCanceled(this.analyzer.record(file, number));
    if (this.file === file && record !== undefined) {
      const shown = { place: { line: 1, item: undefined }, problems: record.problems };
      this.view.load(record.text, { isReadOnly: true });
      this.view.show([shown.place], [shown]);
      this.view.reveal(shown);
      this.progress.say(`Record ${number} of ${file.name}, which is too large to edit.`);
    }
  }

  /** The result of the analyzer, or `undefined` after showing why there is none. */
  private async unlessCanceled<T>(result: Promise<T>): Promise<T | undefined> {
    try {
      return await result;
    } catch (error) {
      if (!(error instanceof CanceledError && error.isReplaced)) {
        this.progress.say(error instanceof Error ? error.message : String(error));
      }
      return undefined;
    }
  }
}

/** Only small text is edited. A gzipped file is not text. */
async function isEditable(file: File): Promise<boolean> {
  const beginning = new Uint8Array(await file.slice(0, GZIP_MAGIC.length).arrayBuffer());
  return file.size <= MAX_EDITABLE && !startsWith(beginning, GZIP_MAGIC);
}

/** Shows the state. It can be long, so it is in the page only while the details are open. */
function stateView(json: string): HTMLElement {
  const text = html("pre", { tabindex: 0, "aria-label": "State" });
  const details = html("details", {}, html("summary", {}, "State as JSON"), text);
  details.addEventListener("toggle", () => {
    text.textContent = details.open ? json : "";
  });
  return html("section", { class: "state", "aria-label": "State" }, details);
}
