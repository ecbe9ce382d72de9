import { formatCount } from '../terminal/format.ts';
import type { ReportContents } from './contents.ts';
import { figure, pngSource, svgSource } from './figures.ts';
import { type Html, html, nothing } from './html.ts';

/** Samples, reconstructions and the latent space, each as an image inside the page. */
export function renderPictures({ pictures, dataName, latent }: ReportContents): Html {
  return html`<section aria-labelledby="pictures">
<h2 id="pictures">What it draws</h2>
<p>New examples made from random points, and what is left of real ones after the way through ${formatCount(latent, 'number')}.</p>
<div class="pair">
${figure(
  'Samples',
  'Decoded from points drawn at random from the prior; none of these is in the data.',
  html`<img alt="Grid of new examples in the manner of ${dataName}, drawn by the model" ${pngSource(pictures.samplesPng)}>`,
)}
${renderSecondStage(pictures.twoStageSamplesPng, dataName)}
${figure(
  'Latent space',
  pictures.latentCaption,
  html`<img alt="Scatter plot of held-out examples in two latent dimensions" ${svgSource(pictures.latentSvg)}>`,
)}
</div>
<div class="wide">
${figure(
  'Reconstructions',
  'Held-out examples, and right below each what the decoder makes of its latent code.',
  html`<img alt="Held-out examples of ${dataName} in pairs, each above its reconstruction" ${pngSource(pictures.reconstructionsPng)}>`,
)}
</div>
</section>`;
}

function renderSecondStage(png: Uint8Array | undefined, dataName: string): Html {
  if (png === undefined) return nothing;
  return figure(
    'Samples of two stages',
    'Decoded from points that the second model draws, which has learned where the encoder places examples.',
    html`<img alt="Grid of new examples in the manner of ${dataName}, drawn through both models" ${pngSource(png)}>`,
  );
}
