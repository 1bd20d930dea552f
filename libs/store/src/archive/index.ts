export type { CopiedRows } from './copy-out.js';
export { type Sheet, sheetNames, sheets, writeSheetRow } from './sheets.js';
export { archivedTables, unarchivedTables, type ArchivedTable } from './tables.js';
export {
  archivedTable,
  WorkspaceArchive,
  type WorkspaceIntake,
  type WorkspaceSnapshot,
} from './workspace-archive.js';
