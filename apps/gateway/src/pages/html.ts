const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it may stand in HTML, in an attribute too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

/** A small page of ours: no script, one style sheet. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Parley</title>
<link rel="stylesheet" href="/errors/page.css">
</head>
<body><main>
${body}
</main></body>
</html>
`;
}

/** The style sheet of {@link page}. */
export const pageStyle = `:root{color-scheme:light dark}
body{margin:0;font:16px/1.6 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:42rem;margin:0 auto;padding:3rem 1.25rem}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 1.5rem}
code{font:.9em ui-monospace,monospace}
dt{font-weight:600;margin-top:1rem}
dd{margin:.15rem 0 0}
a{color:LinkText}
table{border-collapse:collapse;width:100%}
td{padding:.35rem .75rem .35rem 0;vertical-align:top}
`;
