export { DeliverySender, SendingMeans, type SenderOptions } from './delivery-sender.js';
export { Outbox, type Said } from './outbox.js';
export {
  planDeliveries,
  replyTtlMs,
  type ConversationAddress,
  type PlannedMessage,
} from './plan-deliveries.js';
export { firstPlaceOf, type FirstPlace } from './sends/send-place.js';
export { SendRunner, type SendRunnerOptions } from './sends/send-runner.js';
