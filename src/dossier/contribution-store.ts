import type { DescField } from "@bufbuild/protobuf";
import { ArtifactIdentitySchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { ContributionSchema } from "../../gen/speckitty/reducer/v1/checkpoint_pb.js";
import { TooLargeError } from "../event/errors/errors.js";
import { PackedMessages } from "./packed.js";
import { Vocabulary } from "./vocabulary.js";

/**
 * What events say of their dossiers, packed, and the paths that they name; and how much
 * room there is for payloads that say nothing, which are kept as they are.
 */
export class ContributionStore {
  private rejectedSize = 0;

  readonly paths = new Vocabulary(true);
  readonly packed = new PackedMessages(ContributionSchema, (field) =>
    PATH_FIELDS.has(field) ? this.paths : undefined,
  );

  /** What is wrong when there is no room for a rejected payload. */
  lackOfRoom(size: number): TooLargeError | undefined {
    return this.rejectedSize + size > MAX_REJECTED
      ? new TooLargeError("256 MiB of payloads that the contract rejects")
      : undefined;
  }

  /** Takes room for a rejected payload, or gives it back. */
  takeRoom(size: number): void {
    this.rejectedSize += size;
  }
}

/** A producer whose payloads are all rejected, however long, must not fill the memory. */
const MAX_REJECTED = 2 ** 28;

/** The fields whose strings are paths. */
const PATH_FIELDS: ReadonlySet<DescField> = new Set([
  ArtifactIdentitySchema.field.path,
  ContributionSchema.field.supersededPath,
]);
