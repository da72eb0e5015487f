import { badge } from "../pages/badge.js";
import { numberText } from "../pages/cell-text.js";
import { button, html } from "../pages/dom.js";
import { counted } from "../report/counted.js";
import { type Analysis, type Mission, placeText, type TroubledRecord } from "./analysis.js";
import type { Fix } from "./fixes.js";
import type { Problem } from "./problem.js";

/** The actions that the answer offers. */
export type AnswerActions = {
  readonly goTo: (record: TroubledRecord) => void;
  readonly fixesOf: (record: TroubledRecord, problem: Problem) => readonly Fix[];
  readonly apply: (fix: Fix) => void;
  readonly choose: (mission: Mission) => void;
};

/** The answer to "is anything wrong?", above everything else. */
export function answerView(
  { records, rejectedCount, troubled, missions }: Analysis,
  mission: Mission,
  actions: AnswerActions,
): HTMLElement {
  const { title, verdict } = mission.report;
  const count = records.rows.length;
  const isJudged = count > 0;
  const [first] = troubled;
  return html(
    "section",
    { class: "answer", "aria-label": "Answer" },
    html(
      "div",
      { class: "verdict" },
      badge(isJudged ? verdict.tone : "plain", isJudged ? verdict.label : "nothing to judge"),
      html("p", {}, isJudged ? `${title}: ${verdict.reason}` : "The input has no record."),
      missions.length > 1 ? missionChoice(missions, mission, actions) : undefined,
    ),
    html(
      "div",
      { class: "verdict" },
      isJudged
        ? badge(
            rejectedCount > 0 ? "bad" : "plain",
            rejectedCount > 0
              ? `${numberText(rejectedCount)} of ${counted(count, "record")} rejected`
              : `${counted(count, "record")}, none rejected`,
          )
        : undefined,
      ...(first === undefined ? [] : firstProblem(first, actions)),
    ),
  );
}

function missionChoice(
  missions: readonly Mission[],
  mission: Mission,
  { choose }: AnswerActions,
): HTMLElement {
  const select = html(
    "select",
    {},
    ...missions.map((each) =>
      html(
        "option",
        { selected: each === mission },
        `${each.report.title}: ${each.report.verdict.label}`,
      ),
    ),
  );
  select.addEventListener("change", () => {
    const chosen = missions[select.selectedIndex];
    if (chosen !== undefined) {
      choose(chosen);
    }
  });
  return html("label", {}, `${counted(missions.length, "mission")} `, select);
}

function firstProblem(record: TroubledRecord, actions: AnswerActions): HTMLElement[] {
  const [problem] = record.problems;
  if (problem === undefined) {
    return [];
  }
  return [
    html(
      "p",
      {},
      button({ class: "path" }, placeText(record.place), () => actions.goTo(record)),
      ": ",
      problem.field === "" ? undefined : html("code", {}, problem.field),
      problem.field === "" ? "" : " ",
      problem.text,
    ),
    ...actions
      .fixesOf(record, problem)
      .map((fix) => button({ class: "fix" }, fix.label, () => actions.apply(fix))),
  ];
}
