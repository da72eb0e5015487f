import { Inspector } from "../dossier/inspector.js";
import type { Ledger } from "../dossier/ledger.js";
import { isConflict } from "../dossier/ledger-entry.js";
import type { JudgedEvent } from "../event/envelope/read-event.js";
import type { Diagnostic } from "../event/errors/diagnostic.js";

/** Puts events into ledgers, and in strict mode has a closer look at each. */
export class LedgerSink {
  // Everything is to be said before strict mode ends with an error, so this throws nothing.
  private readonly inspector = new Inspector(false);

  constructor(
    private readonly ledgerOf: (judged: JudgedEvent) => Ledger,
    private readonly options: { readonly strict?: boolean },
  ) {}

  /** What is not as it should be, in strict mode. */
  get found(): readonly Diagnostic[] {
    return this.inspector.found;
  }

  /** Puts an event, and says whether somebody may ask where it stands. */
  put(judged: JudgedEvent, position: number): boolean {
    const ledger = this.ledgerOf(judged);
    if (this.options.strict) {
      const { put, diagnostics } = this.inspector.put(ledger, judged, position, true);
      return isConflict(put) || diagnostics.length > 0;
    }
    return isConflict(ledger.put(judged.event, judged.violations, position, true));
  }
}
