import type { HookRequest, Verdict } from '../connector.js';
import { readForm } from '../shared/form.js';
import { isSameText } from '../shared/same-text.js';
import type { TwilioSmsSettings } from './manifest.js';
import { bodyHashOf, calledUrl, signatureOf, spellingsOf } from './signature.js';

/**
 * Whether Twilio signed the address and exactly what is decoded: the form, or the hash of a body that is no form.
 *
 * The body is read as a form whatever its content type says, so that nothing is decoded that is not signed.
 */
export function authenticate(request: HookRequest, settings: TwilioSmsSettings): Verdict {
  const given = request.headers['x-twilio-signature'];
  if (given === undefined) return { genuine: false, reason: 'no x-twilio-signature' };
  const hash = request.query['bodySHA256'];
  if (hash !== undefined && !isSameText(hash.toLowerCase(), bodyHashOf(request.body))) {
    return { genuine: false, reason: 'bodySHA256 does not fit the body' };
  }
  const form = hash === undefined ? readForm(request.body) : [];
  const url = calledUrl(request.url, settings.public_url);
  const tokens = [settings.auth_token, settings.auth_token_secondary].filter((token) => token !== undefined);
  const isGenuine = tokens.some((token) =>
    spellingsOf(url).some((spelling) => isSameText(given, signatureOf(spelling, form, token))),
  );
  return isGenuine ? { genuine: true } : { genuine: false, reason: 'the signature does not fit' };
}
