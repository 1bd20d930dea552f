import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { fault } from '#libs/faults';
import { Config } from '../config-token.js';

/** How long what is said may be believed, in milliseconds; the standard recommends less than a year. */
const VALID_MS = 180 * 86_400_000;

/** Whom to tell of a weakness. @see RFC 9116 (read 2026-11-21) */
@ApiExcludeController()
@Controller('.well-known')
@Public()
export class SecurityController {
  constructor(@Config() private readonly config: GatewayConfig) {}

  /** @throws Fault `state/not-found` when the installation names nobody */
  @Get('security.txt')
  @Header('content-type', 'text/plain; charset=utf-8')
  securityTxt(): string {
    const { securityContact, publicUrl } = this.config.http;
    if (securityContact === undefined) throw fault('state/not-found', { detail: 'There is no such path.' });
    const lines = [
      `Contact: ${securityContact}`,
      `Expires: ${new Date(Date.now() + VALID_MS).toISOString()}`,
      `Canonical: ${publicUrl}/.well-known/security.txt`,
      'Preferred-Languages: en',
    ];
    return `${lines.join('\n')}\n`;
  }
}
