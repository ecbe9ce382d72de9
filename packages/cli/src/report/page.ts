import { type Html, html, trustedHtml } from './html.ts';
import { style } from './style.ts';

/** A self-contained page: no request leaves it (its content policy forbids them), pictures and charts are inside. */
export function renderPage(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="generator" content="reparam">
<title>${title}</title>
<style>${trustedHtml(style)}</style>
</head>
<body>
<main class="page">
${body}
</main>
</body>
</html>
`.text;
}
