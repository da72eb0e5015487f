export { MissionDossierError } from "../../event/errors/mission-dossier-error.js";
export { FileLockedError } from "../../files/file-lock.js";
export { UnwritableFileError } from "../../files/write-file.js";
export { UnreadableFileError } from "../../stream/file.js";
export type { StateDifference } from "../state-difference.js";
export { ChangedLogError } from "./changed-log.js";
export type { FolderOfLetters } from "./folder-of-letters.js";
export type { FilesProgress, LogRunOptions } from "./log-run.js";
export { NoStatesError } from "./no-states.js";
export { type ProjectFilesOptions, projectFiles } from "./project-files.js";
export { type RebuildFilesOptions, rebuildFiles } from "./rebuild-files.js";
export {
  type LogPosition,
  type ReadState,
  StateFolder,
  type StoredPosition,
} from "./state-folder.js";
export { currentStates } from "./state-sets.js";
export { type WatchFilesOptions, watchFiles } from "./watch-files.js";
