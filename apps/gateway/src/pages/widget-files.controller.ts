import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '#libs/access';
import { connectorOf } from '#libs/connectors';
import type { ChannelId } from '#libs/model';
import { ChannelCache } from '#libs/store';
import { fault } from '#libs/faults';
import type { FastifyReply } from 'fastify';
import { Id } from '../http/id-param.js';
import { builtFolder, giveFile, readBuiltFiles } from './built-files.js';
import { escapeHtml } from './html.js';

/** The loader has one name for ever: new versions are seen after this long. */
const LOADER_CACHE = 'public, max-age=300, stale-while-revalidate=86400';

/** The web widget: its loader, the files that the loader asks for, and a page that is nothing but the chat. */
@ApiExcludeController()
@Controller()
@Public()
export class WidgetFilesController {
  readonly #files = readBuiltFiles(builtFolder('widget'));

  constructor(private readonly channels: ChannelCache) {}

  @Get('widget.js')
  loader(@Headers('accept-encoding') acceptEncoding: string | undefined, @Res() reply: FastifyReply): void {
    allowEveryPage(reply);
    const options = { acceptEncoding: acceptEncoding ?? '', cacheControl: LOADER_CACHE };
    giveFile(reply, this.#files.get('widget.js'), options);
  }

  @Get('widget/:name')
  file(
    @Param('name') name: string,
    @Headers('accept-encoding') acceptEncoding: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    allowEveryPage(reply);
    giveFile(reply, this.#files.get(name), { acceptEncoding: acceptEncoding ?? '' });
  }

  /** The chat as a page of its own, to link to. */
  @Get('chat/:id')
  async page(@Id('channel') id: ChannelId, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const channel = await this.channels.load(id);
    if (!channel || !connectorOf(channel.connector).visitors)
      throw fault('state/not-found', { detail: 'There is no such channel.' });
    void reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8');
    return pageFor(id);
  }
}

/** Modules are loaded by pages of every origin; the files are the same for everybody and hold nothing of anyone. */
function allowEveryPage(reply: FastifyReply): void {
  void reply.header('access-control-allow-origin', '*');
}

function pageFor(id: ChannelId): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
    <meta name="color-scheme" content="light dark" />
    <title>Chat</title>
    <script async src="/widget.js" data-channel="${escapeHtml(id)}" data-mode="page"></script>
  </head>
  <body></body>
</html>
`;
}
