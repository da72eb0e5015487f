import type { Report } from "../report/report.js";
import { badge } from "./badge.js";
import { html, setChildren } from "./dom.js";
import { LiveConnection, type Standing } from "./live-connection.js";
import { type LiveSubject, subjectAt } from "./live-subject.js";
import { ReportView } from "./report-view.js";
import { tokenForm } from "./token-form.js";

/** Milliseconds between two updates, so that a browser keeps up however often states change. */
const SHOWN_EVERY_MS = 250;

/** Milliseconds before the server is asked again, if it did not answer. */
const AGAIN_MS = 2000;

/** The key under which a tab stores its token. */
const TOKEN = "mission-dossier token";

/** A page that changes as its missions do, and says when it is not up to date. */
export class LiveView {
  readonly element: HTMLElement;
  private readonly bar = html("div", { class: "live" });
  private readonly status = html("p", { role: "status" });
  private readonly place = html("div");
  private readonly subject: LiveSubject;
  private readonly connection: LiveConnection;
  private view: ReportView | undefined;
  private report: Report | undefined;
  private standing: Standing | undefined;
  private lastAlive = "";
  private isBusy = false;
  private isChanged = false;

  constructor(path: string) {
    this.subject = subjectAt(path);
    const links = path === "/" ? [] : [html("a", { href: "/" }, "← All missions")];
    this.bar.append(html("nav", { "aria-label": "Missions" }, ...links), this.status);
    this.element = html("div", {}, this.bar, this.place);
    this.connection = new LiveConnection(
      {
        refresh: () => {
          this.subject.isOutdated = true;
          this.update();
        },
        changed: (missions) => {
          this.isChanged = this.subject.take(missions) || this.isChanged;
          this.update();
        },
        standing: (standing) => this.stand(standing),
      },
      sessionStorage.getItem(TOKEN) ?? "",
    );
  }

  /** Shows what has changed until nothing has. */
  private async update(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    while (this.subject.isOutdated || this.isChanged) {
      let pause = SHOWN_EVERY_MS;
      try {
        await this.subject.load(this.connection);
        this.isChanged = false;
        this.show();
      } catch {
        // The connection says why, and the page shows it.
        pause = AGAIN_MS;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.isBusy = false;
  }

  private show(): void {
    const report = this.subject.report();
    this.report = report;
    if (report === undefined) {
      this.view?.remove();
      this.view = undefined;
      const text = "The server has no mission at this address, or none yet.";
      this.place.replaceChildren(html("main", {}, html("h1", {}, "No mission"), text));
    } else if (this.view === undefined) {
      this.view = new ReportView(report);
      setChildren(this.place, [this.view.element]);
    } else {
      this.view.show(report);
    }
    this.setTitle();
  }

  private stand(standing: Standing): void {
    if (standing === "live") {
      this.lastAlive = new Date().toLocaleTimeString();
    }
    if (standing === this.standing) {
      return;
    }
    this.standing = standing;
    this.bar.classList.toggle("stale", standing !== "live" && standing !== "paused");
    const since = this.lastAlive === "" ? "" : ` This page is as it was at ${this.lastAlive}.`;
    this.status.replaceChildren(
      ...{
        live: [badge("good", "Live")],
        lost: [badge("bad", "Connection lost"), `${since} Trying again.`],
        blind: [badge("bad", "Not up to date"), " The server cannot read the states."],
        paused: [badge("warn", "Paused"), `${since} It goes on when it is shown.`],
        locked: [badge("warn", "Locked"), " The server asks for a token."],
        refused: [badge("bad", "Locked"), " The server refuses this token. Try another one."],
      }[standing],
    );
    if (standing === "locked" || standing === "refused") {
      this.askForToken();
    }
    this.setTitle();
  }

  private askForToken(): void {
    this.view?.remove();
    this.view = undefined;
    const form = tokenForm((token) => {
      sessionStorage.setItem(TOKEN, token);
      // The answer is shown even if it is the same as before.
      this.standing = undefined;
      this.status.replaceChildren();
      this.connection.unlock(token);
    });
    this.place.replaceChildren(form);
    form.querySelector("input")?.focus();
  }

  private setTitle(): void {
    const { report, standing } = this;
    const title = report === undefined ? "Missions" : `${report.title} – ${report.verdict.label}`;
    const isPaused = standing === "paused";
    const note = standing === "live" ? "" : `(${isPaused ? "paused" : "not up to date"}) `;
    document.title = `${note}${title}`;
  }
}
