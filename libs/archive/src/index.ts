export { writeCsv, type Cell } from './csv.js';
export { ArchiveWriter, type ArchivedFile } from './archive-writer.js';
export { readTar, type TarEntry } from './tar.js';
