export { EventSpool, type Drained, type SpooledRequest, type TakeRequests } from './event-spool.js';
