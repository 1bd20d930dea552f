import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import type { FastifyReply } from 'fastify';
import { Config } from '../config-token.js';
import { builtFolder, giveFile, readBuiltFiles } from './built-files.js';
import { page } from './html.js';

const NONCE = '<meta name="parley-nonce" content="" />';

/**
 * The operations console: one page for all of its addresses, and the files that it loads. The page runs nothing but
 * those files; the style sheets that its components make carry a nonce that is new for every answer.
 */
@ApiExcludeController()
@Controller('console')
@Public()
export class ConsoleController {
  readonly #index: string | null;
  readonly #files: ReturnType<typeof readBuiltFiles>;

  constructor(@Config() private readonly config: GatewayConfig) {
    const folder = builtFolder('console');
    const index = path.join(folder, 'index.html');
    this.#index = existsSync(index) ? readFileSync(index, 'utf8') : null;
    this.#files = readBuiltFiles(path.join(folder, 'assets'));
  }

  @Get('assets/:name')
  asset(
    @Param('name') name: string,
    @Headers('accept-encoding') acceptEncoding: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    giveFile(reply, this.#files.get(name), { acceptEncoding: acceptEncoding ?? '' });
  }

  @Get()
  home(@Res({ passthrough: true }) reply: FastifyReply): string {
    return this.#page(reply);
  }

  @Get('*')
  screen(@Res({ passthrough: true }) reply: FastifyReply): string {
    return this.#page(reply);
  }

  #page(reply: FastifyReply): string {
    const nonce = randomBytes(18).toString('base64');
    void reply
      .header('cache-control', 'no-store')
      .header('content-security-policy', policyWith(nonce, this.config.http.publicUrl))
      .header('cross-origin-opener-policy', 'same-origin')
      .type('text/html; charset=utf-8');
    return (this.#index ?? notBuilt()).replace(NONCE, `<meta name="parley-nonce" content="${nonce}" />`);
  }
}

/** Scripts only from here; pictures and sound only from here or made in the page; in no frame. */
function policyWith(nonce: string, publicUrl: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...(publicUrl.startsWith('https://') ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

function notBuilt(): string {
  return page('Console', '<h1>The console is not built</h1>\n<p>Run <code>npm run build</code>.</p>');
}
