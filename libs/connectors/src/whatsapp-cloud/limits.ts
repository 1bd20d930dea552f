const MESSAGES =
  'https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages (read 2026-11-21)';

/**
 * What the Cloud API accepts. Lengths are in UTF-16 code units: Meta says "characters", and this is the count that is never too
 * long.
 *
 * @see {@link MESSAGES}, pages of text, interactive reply buttons and interactive list messages
 */
export const whatsappLimits = {
  text: 4_096,
  caption: 1_024,
  body: 1_024,
  buttons: 3,
  buttonTitle: 20,
  rows: 10,
  rowTitle: 24,
  rowDescription: 72,
  sectionTitle: 24,
} as const;

export const limitsSource = MESSAGES;

/** After a person's message, so long anything may be sent; later only templates. In milliseconds. */
export const WINDOW_MS = 24 * 3_600_000;
