export { CannedReplies } from './canned-replies.js';
export { ConversationContexts } from './conversation-contexts.js';
export { ConversationDesk } from './conversation-desk.js';
export { InboxList, type InboxReader } from './inbox-list.js';
export { InboxSearch } from './inbox-search.js';
export { Labels } from './labels.js';
export { Notes } from './notes.js';
export { Operators, type Seen } from './operators.js';
