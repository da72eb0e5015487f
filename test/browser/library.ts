// All that a browser can import of the package, beside generated modules and files.
export * from "mission-dossier";
export * from "mission-dossier/stream";
