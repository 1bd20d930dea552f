export * from './api.js';
export * from './bot.js';
export * from './content.js';
export * from './events.js';
export * from './ids.js';
export * from './inbound.js';
export * from './markdown.js';
export * from './turn.js';
