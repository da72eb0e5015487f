import { Dossier } from "../dossier/dossier.js";
import type { NamespaceRegister } from "../dossier/fold.js";
import type { Inspector } from "../dossier/inspector.js";
import { isSameNamespace, NamespaceMixedStreamError, namespaceOf } from "../dossier/namespace.js";
import { inspectorFor, scopeIn } from "../dossier/reduce-options.js";
import { leftOutOf } from "../dossier/report.js";
import type { DossierEvent, OtherEvent } from "../event/envelope/accepted-event.js";
import { ArtifactText } from "./artifact-text.js";
import type { AuditFinding, AuditOptions, AuditReport } from "./audit-report.js";
import { AuditFold, NO_PATH, type Statement } from "./audit-fold.js";
import { ruleIn } from "./parity-hash.js";
import type { ParityRule } from "./parity-rule.js";
import {
  type ClaimVerdict,
  type JudgedSnapshot,
  judgeDrift,
  judgeSnapshot,
  type StateThere,
} from "./verdict.js";

/** Collects the events of a stream, in any order, and then gives the findings about it. */
export class AuditLog {
  private readonly dossier: Dossier;
  private readonly fold: AuditFold;
  private readonly inspector: Inspector;
  private readonly rule: ParityRule;
  /** By row, the place where the event was given. */
  private readonly positions: number[] = [];

  constructor(options: AuditOptions | undefined) {
    const scope = scopeIn(options);
    this.fold = new AuditFold(scope, (a, b) => this.dossier.rows.compare(a, b));
    this.dossier = new Dossier(scope, undefined, this.fold);
    this.inspector = inspectorFor(options);
    this.rule = ruleIn(options);
  }

  /** @throws StrictError when strict mode refuses the event. */
  add(event: DossierEvent | OtherEvent, position: number): void {
    if (event.kind === "other") {
      this.inspector.lookAt(event, position);
      return;
    }
    const { standing } = this.inspector.add(this.dossier, event, position, true);
    if (standing === "new" || standing === "replacing") {
      this.positions.push(position);
    }
  }

  /** @throws NamespaceMixedStreamError when the events belong to more than one mission. */
  report(): AuditReport {
    const rows = this.rowsInOrder();
    this.refuseMixture(rows);
    return Object.freeze({
      findings: Object.freeze(this.findings(rows)),
      eventCount: this.dossier.eventCount,
      ...leftOutOf(this.dossier, this.inspector.found),
    });
  }

  /** The events that count, in the order of the stream, each with the place where it was given. */
  inOrder(): { readonly eventId: string; readonly position: number }[] {
    return Array.from(this.rowsInOrder(), (row) => ({
      eventId: this.dossier.rows.eventIdOf(row),
      position: this.positions[row] ?? 0,
    }));
  }

  /** The rows of the events that count, in the order of the stream. */
  private rowsInOrder(): Uint32Array {
    const { lost, rows } = this.dossier;
    const all = Uint32Array.from({ length: rows.count }, (_, row) => row);
    const counting = lost.size === 0 ? all : all.filter((row) => !lost.has(row));
    // Most streams are in order already.
    return counting.every((row, at) => at === 0 || rows.compare(counting[at - 1] ?? 0, row) < 0)
      ? counting
      : counting.sort((a, b) => rows.compare(a, b));
  }

  private refuseMixture(rows: Uint32Array): void {
    let first: NamespaceRegister | undefined;
    for (const row of rows) {
      const register = this.fold.namespaceOf[row];
      first ??= register;
      if (
        first &&
        register &&
        register !== first &&
        !isSameNamespace(first.json, register.json, this.dossier.scope)
      ) {
        throw new NamespaceMixedStreamError(namespaceOf(first.json), namespaceOf(register.json));
      }
    }
  }

  private findings(rows: Uint32Array): AuditFinding[] {
    const text = new ArtifactText(this.fold.allPaths, this.rule);
    const findings: AuditFinding[] = [];
    const indexed = new Set<number>();
    let anomalyCount = 0;
    let snapshot: JudgedSnapshot | undefined;
    const there = (): StateThere => ({
      hash: () => text.hash(),
      artifactCount: indexed.size,
      anomalyCount,
    });
    const judge = (statement: Statement): readonly ClaimVerdict[] => {
      switch (statement.kind) {
        case "artifact":
          if (statement.superseded !== NO_PATH) {
            text.set(statement.superseded, undefined);
          }
          text.set(statement.path, statement.hash);
          indexed.add(statement.path);
          return NONE;
        case "anomaly":
          anomalyCount++;
          return NONE;
        case "snapshot": {
          const { verdicts, judged } = judgeSnapshot(statement.snapshot, there());
          snapshot = judged;
          return verdicts;
        }
        case "drift":
          return judgeDrift(statement.drift, there(), snapshot);
      }
    };
    for (const row of rows) {
      const statement = this.fold.statements[row];
      for (const verdict of statement === undefined ? NONE : judge(statement)) {
        const eventId = this.dossier.rows.eventIdOf(row);
        const position = this.positions[row] ?? 0;
        findings.push(Object.freeze({ eventId, position, ...verdict }));
      }
    }
    return findings;
  }
}

const NONE: readonly ClaimVerdict[] = [];
