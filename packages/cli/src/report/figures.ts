import { type Html, html, trustedHtml } from './html.ts';

/** A picture or chart under its name and a sentence about it. */
export function figure(name: string | Html, explanation: string | Html, image: Html): Html {
  return html`<figure><figcaption><strong>${name}</strong>${explanation}</figcaption>${image}</figure>`;
}

/** The same of a chart that our own code drew. */
export function chart(name: string, explanation: string | Html, svg: string): Html {
  return figure(name, explanation, trustedHtml(svg));
}

/** The PNG as a data URI, with its size, so that the page does not jump while it loads. */
export function pngSource(png: Uint8Array): Html {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  // Signature (8 bytes), then the IHDR chunk: length, name, width, height.
  const [width, height] = png.byteLength >= 24 ? [view.getUint32(16), view.getUint32(20)] : [0, 0];
  return html`width="${width}" height="${height}" src="data:image/png;base64,${base64(png)}"`;
}

/** As an image, not inline: its style sheet cannot reach the page, and no script in it could run. */
export function svgSource(svg: string): Html {
  return html`src="data:image/svg+xml;base64,${base64(Buffer.from(svg, 'utf8'))}"`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
