import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { parseMail, type Mail } from '../../libs/connectors/src/shared/mail/mail.js';

/** A mail server that keeps what it is given, and asks for no password. */
export class MailCatcher {
  /** What has arrived, oldest first. */
  readonly mails: Mail[] = [];
  /** To whom, in the envelope; beside `mails`. */
  readonly recipients: string[][] = [];
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        this.recipients.push(session.envelope.rcptTo.map(({ address }) => address));
        this.mails.push(parseMail(Buffer.concat(chunks)));
        done();
      });
    },
  });

  static async start(): Promise<MailCatcher> {
    const catcher = new MailCatcher();
    await new Promise<void>((resolve) => void catcher.#server.listen(0, '127.0.0.1', resolve));
    return catcher;
  }

  /** Settings of an e-mail channel that sends here. */
  get settings(): Record<string, unknown> {
    return {
      address: 'support@acme.example',
      authserv_id: 'mx.acme.example',
      smtp_host: '127.0.0.1',
      smtp_port: (this.#server.server.address() as AddressInfo).port,
      smtp_security: 'none',
      check_dns: false,
    };
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
