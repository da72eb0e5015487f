// A producer: indexes files, and appends an event for each to a log of JSON Lines.
//
//   npx tsx producer.ts events.jsonl spec.md plan.md
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createEvent, LamportClock, safeParseEvent } from "mission-dossier";
import { readJsonRecords } from "mission-dossier/stream";

const [log = "events.jsonl", ...paths] = process.argv.slice(2);

const project_uuid = "a47275cb-634e-427c-abd3-3e5d17997d4e";
const namespace = {
  project_uuid,
  feature_slug: "014-rate-limits",
  target_branch: "main",
  mission_key: "software-dev",
  manifest_version: "1",
};

// After a restart, the clock goes on where the log ends.
const clock = new LamportClock();
const written = existsSync(log) ? readFileSync(log, "utf8") : "";
for await (const record of readJsonRecords(written)) {
  const result = record.kind === "json" ? safeParseEvent(record.json) : undefined;
  if (result?.success) {
    clock.observe(result.event);
  }
}
if (written !== "" && !written.endsWith("\n")) {
  appendFileSync(log, "\n"); // The process ended in the middle of a line.
}

for (const path of paths) {
  const bytes = readFileSync(path);
  const now = new Date().toISOString();
  const event = createEvent(
    "MissionDossierArtifactIndexed",
    {
      namespace,
      artifact_id: { mission_key: namespace.mission_key, path, artifact_class: "input" },
      content_ref: {
        hash: createHash("sha256").update(bytes).digest("hex"),
        algorithm: "sha256",
        size_bytes: bytes.length,
      },
      indexed_at: now,
    },
    {
      aggregate_id: `mission/${namespace.feature_slug}`,
      node_id: "laptop-7f3a",
      lamport_clock: clock.tick(),
      timestamp: now,
      project_uuid,
    },
  ); // Throws InvalidEventError with every violation: nothing wrong is ever written.
  appendFileSync(log, `${JSON.stringify(event)}\n`);
}
