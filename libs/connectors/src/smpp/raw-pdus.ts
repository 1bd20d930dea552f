// oxlint-disable-next-line typescript/triple-slash-reference -- a declaration of a package cannot be imported, and not every tsconfig lists it
/// <reference path="./library.d.ts" />
import smpp from 'smpp';

/**
 * npm `smpp`, reading and writing messages as the bytes that they are.
 *
 * By itself it guesses the coding of texts, and guesses wrong: GSM-7 goes out under the number of another alphabet (Kannel read
 * "ñ €" as "} e"), and what comes in is decoded with losses.
 */
for (const command of ['submit_sm', 'deliver_sm', 'data_sm']) {
  delete smpp.commands[command]?.params?.['short_message']?.filter;
}
delete smpp.tlvs['message_payload']?.filter;

export { smpp };

/** The name of a command status, such as `ESME_RTHROTTLED`; its number where it has none. */
export function statusName(status: number): string {
  const known = Object.entries(smpp.errors).find(([, value]) => value === status);
  return known?.[0] ?? `0x${status.toString(16).padStart(8, '0')}`;
}
