import { classColours } from '../pictures/palette.ts';
import { type Curve, drawCurves, pointsOf } from '../report/charts.ts';
import type { EpochRow } from '../report/contents.ts';
import { chart, figure, pngSource, svgSource } from '../report/figures.ts';
import { formatDate, formatDuration, formatNats } from '../report/format.ts';
import { type Html, html, nothing, trustedHtml } from '../report/html.ts';
import { renderPage } from '../report/page.ts';
import { formatCount } from '../terminal/format.ts';
import type { ComparedRun, ComparisonContents } from './contents.ts';
import { compareSettings } from './settings-table.ts';

/** Several runs side by side, as one self-contained page. */
export function renderComparison({ runs, generatedAt }: ComparisonContents): string {
  const colours = classColours(runs.length);
  const dataNames = [...new Set(runs.map(({ dataName }) => dataName))].join(', ');
  return renderPage(
    `${runs.map(({ name }) => name).join(' · ')}`,
    html`<header>
<p class="kicker">Variational autoencoders · comparison</p>
<h1>${formatCount(runs.length, 'run')} side by side</h1>
<ul class="facts">
<li>Data <strong>${dataNames}</strong></li>
<li><time datetime="${generatedAt.toISOString()}">${formatDate(generatedAt)}</time></li>
</ul>
</header>
${renderCaution(runs)}
${renderFigures(runs, colours)}
${renderSettings(runs, colours)}
${renderCurves(runs, colours)}
${renderPictures(runs, colours)}
<footer>Written by reparam. All figures are of held-out examples, in nats per example.</footer>`,
  );
}

/** A run's name beside its colour, which is the same everywhere on the page. */
function nameOf({ name }: ComparedRun, colour: string): Html {
  return html`<span class="run"><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">${trustedHtml(
    `<circle cx="5" cy="5" r="5" fill="${colour}"/>`,
  )}</svg>${name}</span>`;
}

function renderCaution(runs: readonly ComparedRun[]): Html {
  if (areComparable(runs)) return nothing;
  return html`<aside class="notes" aria-label="Caution">The bounds below do not compare: these runs are about different examples, likelihoods or binarisations.</aside>`;
}

function areComparable(runs: readonly ComparedRun[]): boolean {
  return runs.every(({ comparable }) => comparable === runs[0]!.comparable);
}

function renderFigures(runs: readonly ComparedRun[], colours: readonly string[]): Html {
  const best = Math.max(...runs.map(({ heldOut }) => heldOut.elbo));
  const isBest = ({ heldOut }: ComparedRun): boolean => areComparable(runs) && heldOut.elbo === best;
  return html`<section aria-labelledby="figures">
<h2 id="figures">How they ended</h2>
<p>The held-out ELBO is a lower bound on the log-likelihood: higher is better. It is the reconstruction less the KL.</p>
<div class="scroll" role="region" aria-label="Figures" tabindex="0"><table class="figures-table">
<thead><tr>${[
    'Run',
    'Held-out ELBO',
    'Reconstruction',
    'KL',
    'Active units',
    'Parameters',
    'Epochs',
    'Time',
  ].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${runs.map((run, i) => {
  const { heldOut, activeUnits, latent, parameters, history, seconds } = run;
  const elbo = formatNats(heldOut.elbo);
  return html`<tr><th scope="row">${nameOf(run, colours[i]!)}</th><td>${isBest(run) ? html`<strong class="holds">${elbo}</strong>` : elbo}</td><td>${formatNats(heldOut.reconstruction)}</td><td>${formatNats(heldOut.kl)}</td><td>${activeUnits} of ${latent}</td><td>${parameters}</td><td>${history.at(-1)?.epoch ?? '–'}</td><td>${formatDuration(seconds)}</td></tr>`;
})}
</tbody>
</table></div>
</section>`;
}

function renderSettings(runs: readonly ComparedRun[], colours: readonly string[]): Html {
  const { different, same } = compareSettings(runs.map(({ settings }) => settings));
  const table = html`<div class="scroll" role="region" aria-label="Settings that differ" tabindex="0"><table>
<thead><tr><th scope="col">Setting</th>${runs.map((run, i) => html`<th scope="col">${nameOf(run, colours[i]!)}</th>`)}</tr></thead>
<tbody>
${different.map(({ name, values }) => html`<tr><th scope="row">${name}</th>${values.map((value) => html`<td>${value ?? '–'}</td>`)}</tr>`)}
</tbody>
</table></div>`;
  return html`<section aria-labelledby="settings">
<h2 id="settings">What differs</h2>
${different.length > 0 ? table : html`<p>Nothing: the settings are the same.</p>`}
<details><summary>${formatCount(same.length, 'setting')} that all share</summary>
<dl class="settings">
${same.map(({ name, values }) => html`<div><dt>${name}</dt><dd>${values[0]!}</dd></div>`)}
</dl></details>
</section>`;
}

function renderCurves(runs: readonly ComparedRun[], colours: readonly string[]): Html {
  const curves = (column: Exclude<keyof EpochRow, 'epoch'>): Curve[] =>
    runs.flatMap(({ name, history }, i) =>
      history.length === 0 ? [] : [{ points: pointsOf(history, column), name, colour: colours[i]! }],
    );
  if (runs.every(({ history }) => history.length === 0)) return nothing;
  const size = 'third';
  return html`<section aria-labelledby="curves">
<h2 id="curves">How they learned</h2>
<p>After each epoch, over the held-out examples.</p>
<ul class="runs" role="list">${runs.map((run, i) => html`<li>${nameOf(run, colours[i]!)}</li>`)}</ul>
${chart(
  'ELBO',
  'Nats per example; higher is better.',
  drawCurves(curves('heldOutElbo'), {
    description: 'Line chart of the held-out ELBO of each run over the epochs',
    size: 'whole',
  }),
)}
<div class="three">
${chart(
  'Reconstruction',
  'Nats per example: what survives the latent space.',
  drawCurves(curves('heldOutReconstruction'), {
    description: 'Line chart of the held-out reconstruction of each run over the epochs',
    size,
  }),
)}
${chart(
  'KL',
  'Nats per example: what the latent code tells about an example.',
  drawCurves(curves('heldOutKl'), {
    description: 'Line chart of the held-out KL of each run over the epochs',
    size,
  }),
)}
${chart(
  'Active units',
  'Latent dimensions that carry information.',
  drawCurves(curves('activeUnits'), {
    description: 'Line chart of the number of active units of each run over the epochs',
    size,
    from: 0,
  }),
)}
</div>
</section>`;
}

function renderPictures(runs: readonly ComparedRun[], colours: readonly string[]): Html {
  const row = (heading: string, explanation: string, picture: (run: ComparedRun) => Html): Html =>
    html`<section aria-label="${heading}">
<h2>${heading}</h2>
<p>${explanation}</p>
<div class="pair">
${runs.map((run, i) => figure(nameOf(run, colours[i]!), '', picture(run)))}
</div>
</section>`;
  return html`${row(
    'Samples',
    'Decoded from points drawn at random from the prior, or from the model of the codes where a run has two stages.',
    ({ name, pictures }) =>
      html`<img alt="Grid of new examples drawn by ${name}" ${pngSource(pictures.twoStageSamplesPng ?? pictures.samplesPng)}>`,
  )}
${row(
  'Reconstructions',
  'Held-out examples, and right below each what the decoder makes of its latent code.',
  ({ name, pictures }) =>
    html`<img alt="Held-out examples in pairs, each above its reconstruction by ${name}" ${pngSource(pictures.reconstructionsPng)}>`,
)}
${row(
  'Latent space',
  'Where each encoder places held-out examples.',
  ({ name, pictures }) =>
    html`<img alt="Scatter plot of held-out examples in two latent dimensions of ${name}" ${svgSource(pictures.latentSvg)}><p class="muted">${pictures.latentCaption}</p>`,
)}`;
}
