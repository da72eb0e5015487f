// Preloaded into a process, it makes the package one of an older contract, which tells itself from
// this one by its descriptors. Nothing else is different.
import { EventSchema } from "mission-dossier/gen/speckitty/dossier/v1/event_pb.js";

EventSchema.file.proto.name += " of an older contract";
