// The smallest part of the library that a producer needs.
export { acceptsPayload } from "mission-dossier";
