// The script of a report's page: it shows the report that is in the page as JSON.
import type { Report } from "../report/report.js";
import { ReportView } from "./report-view.js";

// The page is written by `reportPage`, together with this script.
const report = JSON.parse(document.getElementById("report")?.textContent ?? "") as Report;
document.title = `${report.title} – ${report.verdict.label}`;
document.body.prepend(new ReportView(report).element);
