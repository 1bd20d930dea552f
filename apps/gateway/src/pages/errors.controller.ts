import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '#libs/access';
import { describeFault, describeFaults, fault, isFaultCode } from '#libs/faults';
import { escapeHtml, page, pageStyle } from './html.js';

const HTML = 'text/html; charset=utf-8';
const CACHE = 'public, max-age=3600';

/** The pages that the `type` of problem documents names. */
@ApiExcludeController()
@Controller('errors')
@Public()
export class ErrorsController {
  @Get('page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', CACHE)
  style(): string {
    return pageStyle;
  }

  @Get()
  @Header('content-type', HTML)
  @Header('cache-control', CACHE)
  all(): string {
    const rows = describeFaults().map(
      ({ code, title }) =>
        `<tr><td><a href="/errors/${code}"><code>${code}</code></a></td><td>${escapeHtml(title)}</td></tr>`,
    );
    return page('Errors', `<h1>Errors</h1>\n<table>${rows.join('\n')}</table>`);
  }

  @Get(':area/:name')
  @Header('content-type', HTML)
  @Header('cache-control', CACHE)
  one(@Param('area') area: string, @Param('name') name: string): string {
    const code = `${area}/${name}`;
    if (!isFaultCode(code)) throw fault('state/not-found', { detail: 'There is no such error.' });
    const { http, title, cause, fix, retry } = describeFault(code);
    const lines = {
      Cause: cause,
      Fix: fix,
      'Does it help to try again?': retry,
      'HTTP status': String(http),
    };
    const list = Object.entries(lines).map(([term, text]) => `<dt>${term}</dt><dd>${escapeHtml(text)}</dd>`);
    return page(
      title,
      `<code>${code}</code>\n<h1>${escapeHtml(title)}</h1>\n<dl>${list.join('\n')}</dl>\n<p><a href="/errors">All errors</a> · <a href="/docs">API</a></p>`,
    );
  }
}
