export { fetchFile } from './fetch-file.js';
export { MediaDesk, type KeptBytes } from './media-desk.js';
export { MediaFetcher, type FetcherOptions, type FetchMeans } from './media-fetcher.js';
export { FolderFiles, MediaFiles, type ByteRange } from './media-files.js';
