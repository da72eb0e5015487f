import { type DescField, getOption } from "@bufbuild/protobuf";
import { absent_means } from "../../../gen/speckitty/dossier/v1/options_pb.js";

/** The value that an absent string field stands for, by its option `absent_means`. */
export function absentMeans(field: DescField): string {
  return getOption(field, absent_means);
}
