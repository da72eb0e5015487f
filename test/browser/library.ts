// Everything that a browser can import from the package, apart from generated modules.
export * from "mission-dossier";
export * from "mission-dossier/stream";
export * from "mission-dossier/projection";
