import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '#libs/access';
import type { FastifyReply } from 'fastify';
import { giveFile } from './built-files.js';
import { DemoPage } from './demo-page.js';

@ApiExcludeController()
@Controller()
@Public()
export class DemoController {
  constructor(private readonly demo: DemoPage) {}

  @Get()
  async index(
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const { html, etag } = await this.demo.html();
    void reply.header('etag', etag).header('cache-control', 'no-cache').type('text/html; charset=utf-8');
    if (ifNoneMatch !== etag) return html;
    void reply.status(304);
    return undefined;
  }

  @Get('assets/:name')
  asset(
    @Param('name') name: string,
    @Headers('accept-encoding') acceptEncoding: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    giveFile(reply, this.demo.file(name), { acceptEncoding: acceptEncoding ?? '' });
  }
}
