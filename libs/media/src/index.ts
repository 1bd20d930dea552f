export { fetchFile } from './fetch-file.js';
export { FolderFiles, type KeysOfFiles } from './folder-files.js';
export { MediaDesk, type KeptBytes } from './media-desk.js';
export { MediaFetcher, type FetcherOptions, type FetchMeans } from './media-fetcher.js';
export { MediaFiles, type ByteRange } from './media-files.js';
