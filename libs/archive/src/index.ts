export { writeCsv, type Cell } from './csv.js';
export { ArchiveWriter, type ArchivedFile, type TextPiece } from './archive-writer.js';
export { readLines, type ReadLinesOptions } from './read-lines.js';
export { readTar, type TarEntry, tarEnd, tarHeader, tarPadding } from './tar.js';
