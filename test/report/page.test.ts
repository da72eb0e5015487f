import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PLACEHOLDER, reportPage } from "../../src/report/page.js";
import { runs } from "../support/runs.js";
import { reportOn } from "./support.js";

describe("a page", () => {
  const TEMPLATE = `<script type="application/json">${PLACEHOLDER}</script>`;

  test("holds any report, which no text in it can end", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("</script>", "<!--", "<script", "$&", PLACEHOLDER, "\u2028"),
    );
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const report = { ...reportOn([]), title: texts.join("") };
        const page = reportPage(TEMPLATE, report);
        const inside = page.slice(TEMPLATE.indexOf(PLACEHOLDER), -"</script>".length);
        expect(inside).not.toContain("<");
        expect(JSON.parse(inside)).toEqual(JSON.parse(JSON.stringify(report)));
      }),
      { numRuns: runs(500) },
    );
  });
});
