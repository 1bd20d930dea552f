import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { count, duration, list, size } from '../text.js';

const webUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an address that begins with http:// or https://',
});
const cidr = z.string().refine((text) => ipaddr.isValidCIDR(text), 'must be a network such as 10.0.0.0/8');
const proxyHop = z
  .string()
  .refine(
    (text) =>
      ['loopback', 'linklocal', 'uniquelocal'].includes(text) ||
      ipaddr.isValid(text) ||
      ipaddr.isValidCIDR(text),
    'must be loopback, linklocal, uniquelocal, an address or a network',
  );

/** Where and how Parley listens. */
export const serverSlice = {
  PARLEY_HOST: z
    .string()
    .prefault('127.0.0.1')
    .describe('Address the gateway listens on. `0.0.0.0` opens it to the network: put TLS in front first.'),
  PARLEY_PORT: count({ min: 0, max: 65_535 })
    .prefault('3000')
    .describe('Port the gateway listens on; 0 takes a free one.'),
  PARLEY_PUBLIC_URL: webUrl
    .transform((text) => text.replace(/\/+$/, ''))
    .optional()
    .meta({
      description:
        'Address under which people and providers reach the gateway: it stands in webhook addresses and error pages.',
      derived: 'http:// and the host and port',
    }),
  PARLEY_TRUST_PROXY: list(proxyHop)
    .prefault('loopback')
    .describe(
      'Proxies whose `x-forwarded-*` headers are believed: names, addresses or networks; `none` for none.',
    ),
  PARLEY_DRAIN_WAIT: duration({ min: 0, max: 120_000 })
    .prefault('0s')
    .describe(
      'How long a gateway that was asked to stop goes on taking requests while `/readyz` says 503. Behind a load balancer: longer than it needs to notice.',
    ),
  PARLEY_BODY_MAX: size({ min: 1_000, max: 100_000_000 })
    .prefault('1MB')
    .describe('Largest request body that is read.'),
  PARLEY_CORS_ORIGINS: list(webUrl.transform((text) => new URL(text).origin))
    .prefault('')
    .describe('Origins whose pages may call the API from a browser.'),
  PARLEY_SECURITY_CONTACT: z
    .url({ protocol: /^(?:mailto|https|tel)$/ })
    .optional()
    .describe('Where somebody who found a weakness tells you of it; shown in /.well-known/security.txt.'),
};

/** Files that people send, and that are sent to them. */
export const mediaSlice = {
  PARLEY_MEDIA_MAX: size({ min: 1_000, max: 1_000_000_000 })
    .prefault('25MB')
    .describe('Largest file that is fetched from a provider, or taken as an upload.'),
};

/** What is kept on disk while the database is away. */
export const spoolSlice = {
  PARLEY_SPOOL_MAX: size({ min: 1_000_000, max: 100_000_000_000 })
    .prefault('1GB')
    .describe(
      'Most that is kept on disk, in `spool` of the data folder, of what providers that do not send again post while the database is away. What no longer fits is answered with 503.',
    ),
};

/** What outbound calls may reach, and how long they may take. */
export const egressSlice = {
  PARLEY_EGRESS_ALLOW: list(cidr)
    .prefault('')
    .describe('Private networks that outbound calls may reach although private ones are refused.'),
  PARLEY_OUTBOUND_TIMEOUT: duration({ min: 100, max: 120_000 })
    .prefault('10s')
    .describe('Longest time one call to a provider may take.'),
  PARLEY_DEMO_SERVICE: z
    .url({
      protocol: /^http$/,
      hostname: /^127\.0\.0\.1$/,
      error: 'must be an address that begins with http://127.0.0.1',
    })
    .transform((text) => new URL(text).origin)
    .optional()
    .meta({
      description:
        'Where the service of the demo listens, which bots call as `http://demo.parley.invalid`. `npm start` brings one of its own.',
      example: 'http://127.0.0.1:3999',
    }),
};
