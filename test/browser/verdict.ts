// The least that a producer needs.
export { acceptsPayload } from "mission-dossier";
