export { InboundDoor, messageIdOf, ringTyping } from './door.js';
export { SpoolingDoor } from './spooling-door.js';
export { within } from './within.js';
export { MailboxDrain, type DrainOptions } from './mailbox-drain.js';
export { CommitSignals, ReplyPlanner, TurnRunner } from './ports.js';
export { TurnStep } from './turn-step.js';
