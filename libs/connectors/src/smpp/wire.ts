/** Bits of `esm_class`. @see SMPP 3.4 §5.2.12 (read 2026-11-21) */
export const UDH_INDICATOR = 0x40;
const MESSAGE_TYPE = 0x3c;
const RECEIPT_TYPES = new Set([0x04, 0x08, 0x20]);

/** Whether it reports on a message of ours: delivery receipt, delivery acknowledgement, intermediate notification. */
export const isReceiptClass = (esmClass: number): boolean => RECEIPT_TYPES.has(esmClass & MESSAGE_TYPE);

/** Types of numbers and numbering plans. @see SMPP 3.4 §5.2.5, §5.2.6 */
export const ton = {
  unknown: 0,
  international: 1,
  national: 2,
  networkSpecific: 3,
  alphanumeric: 5,
} as const;
export const npi = { unknown: 0, isdn: 1 } as const;

/** Command statuses that mean something to us. @see SMPP 3.4 §5.1.3 */
export const status = {
  ok: 0x00,
  invalidCommand: 0x03,
  wrongBindState: 0x04,
  alreadyBound: 0x05,
  systemError: 0x08,
  invalidSource: 0x0a,
  bindFailed: 0x0d,
  wrongPassword: 0x0e,
  wrongSystemId: 0x0f,
  queueFull: 0x14,
  throttled: 0x58,
  temporaryAppError: 0x64,
} as const;
