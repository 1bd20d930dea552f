import { expect, it } from 'vitest';
import { signAws } from './aws-sign.js';
import { NOW } from './email-fixture.js';

it('Amazon is called with a signature of the fourth version', () => {
  const signed = signAws({
    url: 'https://email.us-east-1.amazonaws.com/v2/email/outbound-emails',
    body: '{}',
    region: 'us-east-1',
    service: 'ses',
    keyId: 'AKID',
    secret: 'secret',
    now: NOW,
  });
  expect(signed['x-amz-date']).toBe('20261121T120000Z');
  expect(signed['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKID\/20261121\/us-east-1\/ses\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
  );
});
