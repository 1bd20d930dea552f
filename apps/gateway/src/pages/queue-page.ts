import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** What the page of a board loads, by the index that Bull Board brings. */
interface BoardFiles {
  scripts: string[];
  styles: string[];
}

/**
 * The page of a queue board: the scripts and styles that Bull Board brings, and nothing else. Bull Board's own page asks a
 * stranger for fonts and carries styles inline, which our policy refuses.
 *
 * @param basePath  of the board, without a slash at the end
 */
export function queuePage(basePath: string, uiConfig: object): string {
  const { scripts, styles } = boardFiles();
  const config = JSON.stringify(uiConfig).replaceAll('<', String.raw`\u003c`);
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<base href="${basePath}/">
<title>Queues · Parley</title>
<link rel="icon" type="image/svg+xml" href="static/images/logo.svg">
${styles.map((href) => `<link rel="stylesheet" href="${href}">`).join('\n')}
</head>
<body class="preload">
<script id="__UI_CONFIG__" type="application/json">${config}</script>
<div id="root"></div>
${scripts.map((src) => `<script defer src="${src}"></script>`).join('\n')}
</body>
</html>
`;
}

/** The names of the files change with each version of Bull Board: its index knows them. */
function boardFiles(): BoardFiles {
  const root = path.dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'));
  const index = readFileSync(path.join(root, 'dist/index.ejs'), 'utf8');
  const all = (pattern: RegExp): string[] => [...index.matchAll(pattern)].map(([, found]) => found ?? '');
  return {
    scripts: all(/<script[^>]* src="(static\/js\/[\w.-]+\.js)"/g),
    styles: all(/<link href="(static\/css\/[\w.-]+\.css)"/g),
  };
}

/** The one style sheet that the components of Bull Board 9.10.1 write into the page: by its content, nothing else passes. */
const OWN_STYLE = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='";

/** Scripts, styles and calls of our own origin only, in no frame; boards highlight code in a worker of their own. */
export const queuePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${OWN_STYLE}`,
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
