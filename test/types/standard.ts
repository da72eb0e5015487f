// Checked by `npm run typecheck`: each line after `@ts-expect-error` must not compile.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
  type ArtifactIdentityJson,
  EventSchema,
  ArtifactIdentitySchema as IdentitySchema,
  type ParsedDossierEvent,
  type ParsedOtherEvent,
  standardSchema,
} from "../../src/index.js";

const identity = standardSchema(IdentitySchema);
const event = standardSchema(EventSchema);

export const anySchema: StandardSchemaV1 = identity;
export const input: ArtifactIdentityJson | undefined = identity["~standard"].types?.input;
export type Output = StandardSchemaV1.InferOutput<typeof event>;
export const outputs = (each: Output): ParsedDossierEvent | ParsedOtherEvent => each;
// @ts-expect-error Events are no identities.
export const mistaken: StandardSchemaV1<ArtifactIdentityJson> = event;
