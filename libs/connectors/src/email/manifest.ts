import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Manifest } from '../connector.js';
import { mailLimits } from '../shared/mail/limits.js';
import { WebhookSecret } from '../shared/standard-webhooks.js';

const host = z.string().regex(/^[A-Za-z0-9._:[\]-]{1,253}$/, 'must be a host name or an IP address');
const port = z.int().min(1).max(65_535);
const security = z.enum(['tls', 'starttls', 'none']);
const line = z
  .string()
  .min(1)
  .max(998)
  .regex(/^[^\r\n]*$/, 'must be one line');

export const EmailSettings = z
  .strictObject({
    address: z.email().max(254).describe('The address that people write to; also the sender of what is sent'),
    also_addresses: z
      .array(z.email().max(254))
      .max(50)
      .default([])
      .describe('Other addresses whose mail arrives here: aliases, an alternative domain'),
    from_name: line.max(100).optional().describe('Name beside the address, as people see it'),
    subject: line.max(200).default('Your message').describe('Subject of a conversation that we begin'),
    token_secret: z
      .string()
      .min(16)
      .max(200)
      .describe('Signs what leads answers back to their conversation; made for you'),
    reply_tokens: z
      .boolean()
      .default(false)
      .describe(
        'Ask for answers to address+token@…, for programs that drop headers; the mailbox must take such addresses',
      ),
    mark_automatic: z
      .boolean()
      .default(true)
      .describe('Mark what the bot sends as automatic (RFC 3834), so that no machine answers it'),
    automatic_per_day: z
      .int()
      .min(1)
      .max(1_000)
      .default(20)
      .describe(
        'Most answers of the bot to one address in 24 hours: a fuse against machines that answer everything',
      ),
    receive: z
      .enum(['hook', 'imap', 'smtp'])
      .default('hook')
      .describe(
        'hook: a provider posts mails, or you post them as they are · imap: a mailbox is held open · smtp: the built-in SMTP listener of the worker',
      ),
    hook_secret: WebhookSecret.describe(
      'Password of the webhook address (user parley), or signs what you post by Standard Webhooks; made for you',
    ),
    sendgrid_public_key: z
      .string()
      .max(500)
      .optional()
      .describe('SendGrid: verification key of signed webhooks, as base64'),
    mailgun_signing_key: z.string().max(200).optional().describe('Mailgun: HTTP webhook signing key'),
    sns_certificate: z
      .string()
      .max(10_000)
      .optional()
      .describe('Amazon SNS: the certificate at SigningCertURL, as PEM'),
    sns_topics: z
      .array(z.string().regex(/^arn:aws[\w-]*:sns:/))
      .max(20)
      .default([])
      .describe('Amazon SNS: topics that are taken; others are ignored'),
    listen_host: host
      .default('127.0.0.1')
      .describe('SMTP listener: address it listens on; 0.0.0.0 for the network'),
    listen_port: z
      .int()
      .min(0)
      .max(65_535)
      .default(2525)
      .describe('SMTP listener: port; channels on the same port share it'),
    listen_certificate: z
      .string()
      .max(50_000)
      .optional()
      .describe('SMTP listener: certificate for STARTTLS, as PEM'),
    listen_key: z.string().max(20_000).optional().describe('SMTP listener: private key for STARTTLS, as PEM'),
    authserv_id: z
      .string()
      .max(253)
      .optional()
      .describe('Name of your mail server in Authentication-Results headers; only those are believed'),
    imap_host: host.optional().describe('IMAP server'),
    imap_port: port.default(993).describe('Port of the IMAP server'),
    imap_security: security
      .default('tls')
      .describe('tls: from the first byte · starttls: must be upgraded · none: only inside your own network'),
    imap_user: line.optional().describe('User name; default: the address'),
    imap_password: z.string().max(1_000).optional().describe('Password; not needed with OAuth'),
    imap_folder: line.max(200).default('INBOX').describe('Folder that is read'),
    send: z
      .enum(['smtp', 'sendgrid', 'mailgun', 'postmark', 'ses'])
      .default('smtp')
      .describe('How mails go out'),
    smtp_host: host.optional().describe('SMTP server'),
    smtp_port: port.default(587).describe('Port of the SMTP server'),
    smtp_security: security
      .default('starttls')
      .describe('tls: from the first byte · starttls: must be upgraded · none: only inside your own network'),
    smtp_user: line.optional().describe('User name; leave out for a server that asks for none'),
    smtp_password: z.string().max(1_000).optional().describe('Password; not needed with OAuth'),
    tls_certificate_name: host
      .optional()
      .describe('Name in the certificate of the mail server, where it differs from its host'),
    tls_ca: z.string().max(20_000).optional().describe('Certificate of your own authority, as PEM'),
    oauth_token_url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('OAuth: where access tokens are renewed; used for IMAP and SMTP'),
    oauth_client_id: z.string().max(500).optional().describe('OAuth: client id'),
    oauth_client_secret: z.string().max(1_000).optional().describe('OAuth: client secret'),
    oauth_refresh_token: z.string().max(4_000).optional().describe('OAuth: refresh token of the mailbox'),
    dkim_domain: host.optional().describe('DKIM for SMTP: domain that signs'),
    dkim_selector: z.string().max(100).optional().describe('DKIM for SMTP: selector'),
    dkim_key: z.string().max(10_000).optional().describe('DKIM for SMTP: private key, as PEM'),
    api_key: z
      .string()
      .max(1_000)
      .optional()
      .describe('Key of the sending provider; for SES the secret access key'),
    api_base_url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Address of the sending provider's API; default: the provider's own"),
    mailgun_domain: host.optional().describe('Mailgun: sending domain; default: that of the address'),
    ses_region: z
      .string()
      .regex(/^[a-z0-9-]{2,30}$/)
      .default('us-east-1')
      .describe('SES: region'),
    ses_access_key_id: z.string().max(200).optional().describe('SES: access key id'),
    attachment_bytes_max: z
      .int()
      .min(0)
      .max(mailLimits.mailBytes)
      .default(10 * 1_024 * 1_024)
      .describe('Files up to this size together go along with a mail; larger ones as links, bytes'),
    rate_per_second: z.number().positive().max(1_000).default(10).describe('Mails per second'),
    check_dns: z
      .boolean()
      .default(true)
      .describe('Whether the check asks for SPF, DKIM, DMARC and MX of the domain'),
  })
  .describe('E-mail')
  .superRefine((settings, context) => {
    const need = (field: string, isThere: unknown, why: string): void => {
      if (!isThere) context.addIssue({ code: 'custom', path: [field], message: `is needed when ${why}` });
    };
    if (settings.receive === 'imap') {
      need('imap_host', settings.imap_host, 'receive is imap');
      need('imap_password', settings.imap_password ?? settings.oauth_refresh_token, 'there is no OAuth');
    }
    if (settings.send === 'smtp') need('smtp_host', settings.smtp_host, 'send is smtp');
    else need('api_key', settings.api_key, `send is ${settings.send}`);
    if (settings.send === 'ses') need('ses_access_key_id', settings.ses_access_key_id, 'send is ses');
    if (settings.dkim_key) {
      need('dkim_domain', settings.dkim_domain, 'there is a DKIM key');
      need('dkim_selector', settings.dkim_selector, 'there is a DKIM key');
    }
    if (settings.oauth_refresh_token)
      need('oauth_token_url', settings.oauth_token_url, 'there is a refresh token');
  });
export type EmailSettings = z.infer<typeof EmailSettings>;

export const manifest: Manifest<EmailSettings> = {
  id: 'email',
  label: 'E-mail',
  description: 'A mailbox in both directions: threads kept, quotations cut, machines never answered.',
  settings: EmailSettings,
  secrets: [
    'token_secret',
    'hook_secret',
    'mailgun_signing_key',
    'imap_password',
    'smtp_password',
    'oauth_client_secret',
    'oauth_refresh_token',
    'dkim_key',
    'listen_key',
    'api_key',
  ],
  generated: {
    token_secret: () => randomBytes(24).toString('base64url'),
    hook_secret: () => `whsec_${randomBytes(32).toString('base64')}`,
  },
  limits: [
    { name: 'mail', value: mailLimits.mailBytes, unit: 'bytes of a mail that is taken in', source: 'ours' },
    { name: 'files', value: mailLimits.files, unit: 'files of a mail that are shown', source: 'ours' },
    {
      name: 'parts',
      value: mailLimits.parts,
      unit: 'MIME parts of a mail that are looked at',
      source: 'ours',
    },
  ],
  steps: [
    {
      title: 'Choose how mails come in',
      text: "A mailbox by IMAP; SendGrid Inbound Parse, a Mailgun route, Postmark or Amazon SES with SNS posting to the channel's webhook address; the built-in SMTP listener; or your own program posting mails as they are.",
    },
    {
      title: 'Protect the webhook',
      text: "Use the provider's signature where it has one (SendGrid: verification key; Mailgun: signing key; SNS: certificate). Else give the address with user parley and the hook secret as password: https://parley:SECRET@….",
    },
    {
      title: 'Choose how mails go out',
      text: "An SMTP server, with a DKIM key where it does not sign by itself, or a provider's API with its key.",
    },
    {
      title: 'Prepare the domain',
      text: 'SPF must name who sends for the domain, DKIM must sign, and a DMARC record should exist: without them answers land in spam.',
    },
    {
      title: 'Check',
      text: 'Run the check of the channel: it logs in, and looks at the DNS records. Then let it send a test mail to itself (connection/test-mail), and write to the address from outside.',
    },
  ],
  deliveryClass: () => 'blind',
  pacing: ({ address, rate_per_second }) => ({
    account: address.toLowerCase(),
    perAccount: { ratePerSecond: rate_per_second, burst: Math.max(1, Math.ceil(rate_per_second)) },
  }),
};
