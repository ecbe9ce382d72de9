import { passes } from '@reparam/vae';
import { encodeDensity } from '../pictures/density-picture.ts';
import { figure, pngSource } from '../report/figures.ts';
import { formatDate, formatDuration } from '../report/format.ts';
import { type Html, html, nothing } from '../report/html.ts';
import { renderPage } from '../report/page.ts';
import { version } from '../version.ts';
import type { PlainPicture, TruthOutcome } from './outcome.ts';
import { formatAccepted, formatFigure, formatMark, renderConclusion } from './render-outcome.ts';

export interface VerifyPage {
  readonly outcomes: readonly TruthOutcome[];
  /** On the clock. */
  readonly seconds: number;
  readonly generatedAt: Date;
}

/** What came of the ground truths, with tables and pictures, as one self-contained page. */
export function renderVerifyPage({ outcomes, seconds, generatedAt }: VerifyPage): string {
  return renderPage(
    'Ground truths · reparam verify',
    html`<header>
<p class="kicker">reparam verify · version ${version}</p>
<h1>Questions with exact answers</h1>
<ul class="facts">
<li>${renderConclusion(outcomes, seconds)}</li>
<li><time datetime="${generatedAt.toISOString()}">${formatDate(generatedAt)}</time></li>
</ul>
</header>
<nav aria-label="Ground truths"><ul class="facts">
${outcomes.map(({ name, title, holds }) => html`<li><a class="${verdictClass(holds)}" href="#${name}">${formatMark(holds)} ${name}</a> ${title}</li>`)}
</ul></nav>
${outcomes.map(renderTruth)}
<footer>Written by reparam. Each answer is computed by training or drawing with the library, on this machine.</footer>`,
  );
}

function verdictClass(holds: boolean): string {
  return holds ? 'holds' : 'fails';
}

function renderTruth({
  name,
  title,
  claim,
  source,
  seconds,
  checks,
  pictures,
  error,
  holds,
}: TruthOutcome): Html {
  return html`<section aria-labelledby="${name}">
<h2 id="${name}"><span class="${verdictClass(holds)}">${formatMark(holds)}</span> ${name} · ${title}</h2>
<p>${claim} <span class="muted">(${source}; ${formatDuration(seconds)})</span></p>
${error === undefined ? nothing : html`<aside class="notes" aria-label="What went wrong">${error}</aside>`}
<div class="scroll" role="region" aria-label="Checks of ${name}" tabindex="0"><table class="checks">
<thead><tr><th scope="col"></th><th scope="col">Quantity</th><th scope="col">Target</th><th scope="col">Reached</th><th scope="col">Accepted</th></tr></thead>
<tbody>
${checks.map((check) => {
  const holds = passes(check);
  return html`<tr><td class="${verdictClass(holds)}">${formatMark(holds)}</td><td>${check.quantity}</td><td>${formatFigure(check.target)}</td><td>${formatFigure(check.reached)}</td><td>${formatAccepted(check)}</td></tr>`;
})}
</tbody>
</table></div>
${pictures.length === 0 ? nothing : html`<div class="thumbnails">${pictures.map(renderPicture)}</div>`}
</section>`;
}

function renderPicture(picture: PlainPicture): Html {
  const { title } = picture;
  return figure(title, '', html`<img alt="${title}" ${pngSource(encodeDensity(picture))}>`);
}
