/** What takes the place of the conversation for a while, when the visitor asks for it. */
export { Threads } from './threads.js';
export { Transcript } from './transcript.js';
