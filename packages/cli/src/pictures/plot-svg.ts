import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Clients of a plot colour it through this class; it keeps Plot's own style rules apart, too. */
export interface SvgOptions extends PlotOptions {
  readonly className: string;
  /** Rules put into the picture itself, for one that stands alone. */
  readonly css?: string;
}

/**
 * Draws a plot on a server-side DOM and returns it as the text of an SVG element, which is valid inside HTML and, with
 * its namespace, as a file of its own. Colours may be `currentColor` or CSS variables. Attribute text must not come
 * from outside: the serialiser leaves `<` in attributes as it is, which XML does not allow.
 */
export function plotSvg({ css, ...options }: SvgOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({ ...options, document });
  if (svg.localName !== 'svg') throw new Error('plotSvg: legends and titles of Plot make HTML, not SVG');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  if (css !== undefined) svg.querySelector('style')?.append(css);
  return roundCoordinates(svg.outerHTML);
}

/** A hundredth of a pixel is enough, and halves the size of scatter plots. */
function roundCoordinates(svg: string): string {
  return svg.replace(/="[^"]*\d\.\d{3,}[^"]*"/g, (attribute) =>
    attribute.replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
}
