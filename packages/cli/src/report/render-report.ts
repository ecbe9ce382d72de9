import { type Curve, drawCurves, drawLatentBars, pointsOf } from './charts.ts';
import type { EpochRow, ReportContents } from './contents.ts';
import { chart } from './figures.ts';
import { formatDate, formatDuration, formatNats, formatNumber } from './format.ts';
import { type Html, html, nothing } from './html.ts';
import { renderPage } from './page.ts';
import { renderPictures } from './pictures.ts';
import { terms } from './terms.ts';

/**
 * One self-contained page about a training run: no request leaves it (its content policy forbids them), pictures and
 * charts are inside. Everything from outside is escaped.
 */
export function renderReport(contents: ReportContents): string {
  const { title, dataName, history, commands, notes } = contents;
  return renderPage(
    `${title} · ${dataName}`,
    html`${renderHeader(contents)}
${renderFigures(contents)}
${notes.length > 0 ? html`<aside class="notes" aria-label="Notes"><ul>${list(notes)}</ul></aside>` : nothing}
${renderPictures(contents)}
${renderCurves(contents)}
<section aria-labelledby="settings">
<h2 id="settings">Settings</h2>
<p>What this run was asked to do.</p>
<dl class="settings">
${Object.entries(contents.settings).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>
</section>
${commands.length > 0 ? renderCommands(commands) : nothing}
<section aria-labelledby="terms">
<h2 id="terms">What the words mean</h2>
<dl class="terms">
${terms.map(([term, explanation]) => html`<div><dt>${term}</dt><dd>${explanation}</dd></div>`)}
</dl>
</section>
<footer>Written by reparam after ${history.length} ${history.length === 1 ? 'epoch' : 'epochs'} of training.</footer>`,
  );
}

function renderHeader({ title, dataName, generatedAt, latent }: ReportContents): Html {
  return html`<header>
<p class="kicker">Variational autoencoder · training report</p>
<h1>${title}</h1>
<ul class="facts">
<li>Data <strong>${dataName}</strong></li>
<li><strong>${latent}</strong> latent ${latent === 1 ? 'dimension' : 'dimensions'}</li>
<li><time datetime="${generatedAt.toISOString()}">${formatDate(generatedAt)}</time></li>
</ul>
</header>`;
}

function renderFigures({ heldOut, activeUnits, latent, history, seconds }: ReportContents): Html {
  const steps = history.at(-1)?.step ?? 0;
  const figures: readonly (readonly [name: string, value: string, unit: string])[] = [
    ['Held-out ELBO', formatNats(heldOut.elbo), 'nats per example, higher is better'],
    ['Reconstruction', formatNats(heldOut.reconstruction), 'nats, held out'],
    ['KL', formatNats(heldOut.kl), 'nats, held out'],
    ['Active units', formatNumber(activeUnits, 0), `of ${latent}`],
    [
      'Epochs',
      formatNumber(history.at(-1)?.epoch ?? 0, 0),
      `${formatNumber(steps, 0)} ${steps === 1 ? 'step' : 'steps'}`,
    ],
    ['Time', formatDuration(seconds), 'training'],
  ];
  return html`<dl class="figures" aria-label="Results">
${figures.map(
  ([name, value, unit]) =>
    html`<div><dt>${name}</dt><dd><span class="value">${value}</span></dd><dd class="unit">${unit}</dd></div>`,
)}
</dl>`;
}

function renderCurves(contents: ReportContents): Html {
  const { history } = contents;
  type Column = Parameters<typeof pointsOf>[1];
  const one = (column: Column, name: string): readonly Curve[] => [
    { points: pointsOf(history, column), name, colour: 'var(--held-out)' },
  ];
  const both = (train: Column, heldOut: Column): readonly Curve[] => [
    { points: pointsOf(history, train), name: 'train', colour: 'var(--train)', dashed: true },
    ...one(heldOut, 'held-out'),
  ];
  const annealed = history.some(({ beta }) => beta !== history[0]!.beta);
  // Two rows of two, or one of three.
  const size = annealed ? 'half' : 'third';
  const smaller = [
    chart(
      'Reconstruction',
      'Nats per example: what survives the latent space.',
      drawCurves(both('trainReconstruction', 'heldOutReconstruction'), {
        description: 'Line chart of the training and held-out reconstruction over the epochs',
        size,
      }),
    ),
    chart(
      'KL',
      'Nats per example: what the latent code tells about an example.',
      drawCurves(both('trainKl', 'heldOutKl'), {
        description: 'Line chart of the training and held-out KL over the epochs',
        size,
      }),
    ),
    chart(
      'Active units',
      'Latent dimensions that carry information.',
      drawCurves(one('activeUnits', 'active units'), {
        description: 'Line chart of the number of active units over the epochs',
        size,
        from: 0,
      }),
    ),
    annealed
      ? chart(
          'Beta',
          'Weight of the KL in the training loss.',
          drawCurves(one('beta', 'beta'), {
            description: 'Line chart of the weight beta over the epochs',
            size,
            from: 0,
          }),
        )
      : nothing,
  ];
  return html`<section aria-labelledby="curves">
<h2 id="curves">How it learned</h2>
<p>Held-out examples were never trained on: they tell how the model does on data it has not seen.</p>
<ul class="key" role="list"><li class="held-out">held-out</li><li class="train">train</li></ul>
<div class="pair">
${chart(
  'ELBO',
  'Nats per example after each epoch; higher is better.',
  drawCurves(both('trainElbo', 'heldOutElbo'), {
    description: 'Line chart of the training and held-out ELBO over the epochs',
  }),
)}
${renderLatents(contents)}
</div>
<div class="${annealed ? 'four' : 'three'}">
${smaller}
</div>
${renderHistory(history)}
</section>`;
}

/** The KL of each latent dimension, or where it does not fall into such parts, how much each one varies. */
function renderLatents({
  klPerLatent,
  activity,
  activeThreshold,
  activeUnits,
  latent,
}: ReportContents): Html {
  const isActive = (index: number) => activity[index]! > activeThreshold;
  const active = `${activeUnits} of ${latent} active: `;
  if (klPerLatent !== undefined) {
    return chart(
      'KL of each latent dimension',
      `Nats per example. ${active}in colour, where the encoder’s mean varies by more than ${activeThreshold}.`,
      drawLatentBars({
        values: klPerLatent,
        unit: 'nats',
        isActive,
        description: 'Bar chart of the KL of each latent dimension, largest first',
      }),
    );
  }
  return chart(
    'Activity of each latent dimension',
    `Variance of the encoder’s mean. ${active}those above ${activeThreshold}, the dashed line.`,
    drawLatentBars({
      values: activity,
      unit: '',
      isActive,
      threshold: activeThreshold,
      description: 'Bar chart of the activity of each latent dimension, largest first',
    }),
  );
}

/** The curves as a table, for those who want the numbers. */
function renderHistory(history: readonly EpochRow[]): Html {
  const columns: readonly (readonly [name: string, cell: (row: EpochRow) => string])[] = [
    ['Epoch', ({ epoch }) => formatNumber(epoch, 0)],
    ['Step', ({ step }) => formatNumber(step, 0)],
    ['ELBO, train', ({ trainElbo }) => formatNats(trainElbo)],
    ['ELBO, held-out', ({ heldOutElbo }) => formatNats(heldOutElbo)],
    ['Reconstruction, train', ({ trainReconstruction }) => formatNats(trainReconstruction)],
    ['Reconstruction, held-out', ({ heldOutReconstruction }) => formatNats(heldOutReconstruction)],
    ['KL, train', ({ trainKl }) => formatNats(trainKl)],
    ['KL, held-out', ({ heldOutKl }) => formatNats(heldOutKl)],
    ['Beta', ({ beta }) => formatNumber(beta, 3)],
    ['Active', ({ activeUnits }) => formatNumber(activeUnits, 0)],
    ['Seconds', ({ seconds }) => formatNumber(seconds, 1)],
  ];
  return html`<details><summary>All numbers, epoch by epoch</summary>
<div class="scroll" role="region" aria-label="Numbers by epoch" tabindex="0"><table class="history">
<thead><tr>${columns.map(([name]) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${history.map((row) => html`<tr>${columns.map(([, cell]) => html`<td>${cell(row)}</td>`)}</tr>`)}
</tbody>
</table></div></details>`;
}

function renderCommands(commands: ReportContents['commands']): Html {
  return html`<section aria-labelledby="commands">
<h2 id="commands">Go on from here</h2>
<dl class="commands">
${commands.map(({ purpose, command }) => html`<dt>${purpose}</dt><dd><pre><code>${command}</code></pre></dd>`)}
</dl>
</section>`;
}

function list(items: readonly string[]): readonly Html[] {
  return items.map((item) => html`<li>${item}</li>`);
}
