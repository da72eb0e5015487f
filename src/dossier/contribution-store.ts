import type { DescField } from "@bufbuild/protobuf";
import { ArtifactIdentitySchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { ContributionSchema } from "../../gen/speckitty/reducer/v1/checkpoint_pb.js";
import { PackedMessages } from "./packed.js";
import { Vocabulary } from "./vocabulary.js";

/** What events say of their dossiers, packed, and the paths that they name. */
export class ContributionStore {
  readonly paths = new Vocabulary(true);
  readonly packed = new PackedMessages(ContributionSchema, (field) =>
    PATH_FIELDS.has(field) ? this.paths : undefined,
  );
}

/** The fields whose strings are paths. */
const PATH_FIELDS: ReadonlySet<DescField> = new Set([
  ArtifactIdentitySchema.field.path,
  ContributionSchema.field.supersededPath,
]);
