// A process of its own for a target, so that nothing that a case does can end the others.
import type { Finding } from "./finding.js";
import { fuzzTarget, watchForStrays } from "./fuzz-target.js";
import { keptCases } from "./kept.js";
import { ProgressWriter } from "./progress-file.js";
import { targetNamed } from "./targets/index.js";

/** What the process is started with, as JSON. */
export type Orders = {
  readonly target: string;
  /** The folder with the cases that failed once. */
  readonly kept: string;
  readonly seed: number;
  readonly milliseconds: number;
  /** Where each case is written down before it runs. */
  readonly progress: string;
};

/** What the process says. */
export type Message =
  | { readonly kind: "finding"; readonly finding: Finding }
  | { readonly kind: "done"; readonly executions: number };

// Only the other side of the fork starts it.
const orders = JSON.parse(process.argv[2] ?? "") as Orders;
const target = targetNamed(orders.target);
if (target === undefined) {
  throw new Error(`no target ${orders.target}`);
}
// What recurses has many frames that say nothing.
Error.stackTraceLimit = 30;
// Without whoever started it, there is nobody to tell.
process.on("disconnect", () => process.exit());
watchForStrays();
const progress = new ProgressWriter(orders.progress);
const until = performance.now() + orders.milliseconds;
await fuzzTarget(target, {
  seed: orders.seed,
  kept: keptCases(orders.kept).flatMap((kept) => (kept.target === target.name ? [kept.given] : [])),
  isOver: () => performance.now() >= until,
  begin: (given) => progress.begin(given),
  report: (finding) => send({ kind: "finding", finding }),
});
progress.close();
await send({ kind: "done", executions: progress.executions });
process.exit();

async function send(message: Message): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.send === undefined) {
      // Started by hand, for a profile of it.
      resolve();
    } else {
      process.send(message, undefined, undefined, () => resolve());
    }
  });
}
