// An ingress endpoint: takes events over HTTP, and appends those that conform to a log.
//
//   npx tsx ingress.ts events.jsonl
//
//   202  accepted, or accepted before with this content
//   409  this id was accepted before with another content
//   422  the event does not conform, or its type is misspelled; `violations` says where and why
import { appendFileSync, existsSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import Fastify, { type FastifyInstance } from "fastify";
import { safeParseEvent } from "mission-dossier";
import { readEventFile } from "mission-dossier/stream/file";

export async function ingress(log: string): Promise<FastifyInstance> {
  // A projection of many events would ask its database.
  const accepted = new Map<string, unknown>();
  if (existsSync(log)) {
    for await (const json of readEventFile(log)) {
      const result = safeParseEvent(json);
      if (result.success) {
        accepted.set(result.event.eventId, contentOf(result.event));
      }
    }
  }

  // Keys of the contract's maps are data, `__proto__` and `constructor` included.
  const app = Fastify({ onProtoPoisoning: "ignore", onConstructorPoisoning: "ignore" });

  app.post("/events", (request, reply) => {
    const result = safeParseEvent(request.body);
    // A misspelled event type is not in the contract, so readers would skip the event.
    const problems = result.success ? (result.warnings ?? []) : result.violations;
    if (!result.success || problems.length > 0) {
      const violations = problems.map(({ field, path, message }) => ({ field, path, message }));
      return reply.code(422).send({ violations });
    }
    const { eventId } = result.event; // In canonical form, however it was spelled.
    const content = contentOf(result.event);
    const before = accepted.get(eventId);
    if (before !== undefined && !isDeepStrictEqual(before, content)) {
      return reply.code(409).send({ event_id: eventId });
    }
    if (before === undefined) {
      // Synchronous, so that no other request comes in between.
      appendFileSync(log, `${JSON.stringify(request.body)}\n`);
      accepted.set(eventId, content);
    }
    return reply.code(202).send({ event_id: eventId });
  });

  return app;
}

/** The content of an event: ids canonical, and absent fields and `null` alike. */
function contentOf(event: object): unknown {
  return JSON.parse(JSON.stringify(event));
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) {
  const app = await ingress(argv[2] ?? "events.jsonl");
  console.log(await app.listen({ port: 8080 }));
}
