export { cutMarkdown, type Piece } from './cutting/cut-markdown.js';
export { CUTTER, makePassages, rowPassages, type PassageFrame } from './cutting/make-passages.js';
export { createEmbedder, type Embedder, type EmbedderSettings } from './embedding/embedder.js';
export { readingLimits, type DocumentRow, type Readable, type ReadDocument } from './reading/document.js';
export { readDocument, readMarkdown } from './reading/read-document.js';
export {
  KnowledgeSearch,
  type KnowledgeSearchOptions,
  type SearchResult,
} from './searching/knowledge-search.js';
export { KnowledgeReader, type ReaderMeans, type ReaderOptions } from './knowledge-reader.js';
export { ReadingRoom, type DocumentReader } from './reading/reading-room.js';
