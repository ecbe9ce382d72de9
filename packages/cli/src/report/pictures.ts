import { formatCount } from '../terminal/format.ts';
import type { ReportContents } from './contents.ts';
import { type Html, html } from './html.ts';

/** Samples, reconstructions and the latent space, each as an image inside the page. */
export function renderPictures({ pictures, dataName, latent }: ReportContents): Html {
  return html`<section aria-labelledby="pictures">
<h2 id="pictures">What it draws</h2>
<p>New examples made from random points, and what is left of real ones after the way through ${formatCount(latent, 'number')}.</p>
<div class="pair">
${picture(
  'Samples',
  'Decoded from points drawn at random from the prior; none of these is in the data.',
  html`<img alt="Grid of new examples in the manner of ${dataName}, drawn by the model" ${pngSource(pictures.samplesPng)}>`,
)}
${picture(
  'Latent space',
  pictures.latentCaption,
  html`<img alt="Scatter plot of held-out examples in two latent dimensions" ${svgSource(pictures.latentSvg)}>`,
)}
</div>
<div class="wide">
${picture(
  'Reconstructions',
  'Held-out examples, and right below each what the decoder makes of its latent code.',
  html`<img alt="Held-out examples of ${dataName} in pairs, each above its reconstruction" ${pngSource(pictures.reconstructionsPng)}>`,
)}
</div>
</section>`;
}

function picture(name: string, explanation: string, image: Html): Html {
  return html`<figure><figcaption><strong>${name}</strong>${explanation}</figcaption>${image}</figure>`;
}

/** The PNG as a data URI, with its size, so that the page does not jump while it loads. */
function pngSource(png: Uint8Array): Html {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  // Signature (8 bytes), then the IHDR chunk: length, name, width, height.
  const [width, height] = png.byteLength >= 24 ? [view.getUint32(16), view.getUint32(20)] : [0, 0];
  return html`width="${width}" height="${height}" src="data:image/png;base64,${base64(png)}"`;
}

/** As an image, not inline: its style sheet cannot reach the page, and no script in it could run. */
function svgSource(svg: string): Html {
  return html`src="data:image/svg+xml;base64,${base64(Buffer.from(svg, 'utf8'))}"`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
