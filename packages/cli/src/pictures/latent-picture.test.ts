import { ArgumentError } from '@reparam/tensor';
import { DOMParser, parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { drawLatent } from './latent-picture.ts';

const axisNames = ['z1', 'z2'] as const;

function parse(svg: string): Document {
  return new DOMParser().parseFromString(svg, 'image/svg+xml') as unknown as Document;
}

/** The dots of the scatter plot, without those of the legend. */
function dots(document: Document): { x: number; y: number; fill: string | null }[] {
  const group = document.querySelector('g[aria-label="dot"]')!;
  return [...group.querySelectorAll('circle')].map((circle) => ({
    x: Number(circle.getAttribute('cx')),
    y: Number(circle.getAttribute('cy')),
    fill: circle.getAttribute('fill') ?? group.getAttribute('fill'),
  }));
}

describe('drawLatent', () => {
  test('is one self-contained SVG', () => {
    const svg = drawLatent({ points: [[0, 0]], axisNames });
    expect(svg.startsWith('<svg ')).toBe(true);
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(svg.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|<script|href=/);
    expect(parse(svg).documentElement.localName).toBe('svg');
  });

  test('puts both axes on one scale around zero', () => {
    const points = [
      [0, 0],
      [1, 0],
      [0, 1],
      [-4, 2],
    ] as const;
    const [origin, right, above, far] = dots(parse(drawLatent({ points, axisNames })));
    const unit = right!.x - origin!.x;
    expect(unit).toBeGreaterThan(10);
    expect(origin!.y - above!.y).toBeCloseTo(unit, 1);
    expect(right!.y).toBeCloseTo(origin!.y, 1);
    expect(far!.x).toBeCloseTo(origin!.x - 4 * unit, 1);
    expect(far!.y).toBeCloseTo(origin!.y - 2 * unit, 1);
  });

  test('gives each class one colour, and names it in the legend', () => {
    const labels = [7, 3, 7, 12];
    const points = labels.map((label, i) => [label / 10, i / 10] as const);
    const document = parse(drawLatent({ points, labels, axisNames }));
    const fills = dots(document).map(({ fill }) => fill);
    expect(fills[0]).toBe(fills[2]);
    expect(new Set(fills).size).toBe(3);
    const texts = [...document.querySelectorAll('text')].map(({ textContent }) => textContent);
    expect(texts.slice(texts.indexOf('class'))).toEqual(['class', '3', '7', '12']);
  });

  test('calls classes by their names, shortened when long', () => {
    const classNames = ['<b>', 'unused', 'Verbascum thapsus'];
    const labels = [0, 2];
    const points = [
      [0, 0],
      [1, 1],
    ] as const;
    const document = parse(drawLatent({ points, labels, classNames, axisNames }));
    const texts = [...document.querySelectorAll('text')].map(({ textContent }) => textContent);
    expect(texts.slice(texts.indexOf('class'))).toEqual(['class', '<b>', 'Verbascum t…']);
  });

  test('marks the centres of the prior’s components, and makes room for them', () => {
    const picture = { points: [[0, 0] as const], axisNames, standardDeviations: [] };
    const crosses = (centres: (readonly [number, number])[]) =>
      parse(drawLatent({ ...picture, centres })).querySelectorAll('g[aria-label="dot"] path').length;
    expect([
      crosses([]),
      crosses([[1, 1]]),
      crosses([
        [1, 1],
        [-9, 2],
      ]),
    ]).toEqual([0, 1, 2]);
    const ticks = drawLatent({ ...picture, centres: [[-9, 2]] });
    expect(ticks).toContain('>8</text>');
  });

  test('colours many classes apart', () => {
    const labels = Array.from({ length: 62 }, (_, i) => i);
    const points = labels.map((label) => [label / 100, 0] as const);
    expect(new Set(dots(parse(drawLatent({ points, labels, axisNames }))).map(({ fill }) => fill)).size).toBe(
      62,
    );
  });

  test('draws the circles of the prior where asked', () => {
    const circles = (standardDeviations?: number[]) => {
      const picture = {
        points: [[0, 0] as const],
        axisNames,
        ...(standardDeviations && { standardDeviations }),
      };
      return parse(drawLatent(picture)).querySelectorAll('g[aria-label="line"]').length;
    };
    expect([circles(), circles([1, 2, 3]), circles([])]).toEqual([2, 3, 0]);
  });

  test('thins out more points than one can see', () => {
    const points = Array.from({ length: 12_000 }, (_, i) => [Math.cos(i), Math.sin(i)] as const);
    expect(dots(parse(drawLatent({ points, axisNames }))).length).toBe(5000);
  });

  test('escapes the names of the axes', () => {
    const svg = drawLatent({ points: [[0, 0]], axisNames: ['<script>alert(1)</script>', 'a & b'] });
    const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`);
    expect(document.querySelector('script')).toBeNull();
    expect(document.body.textContent).toContain('<script>alert(1)</script>');
    expect(svg).toContain('a &amp; b');
  });

  test('refuses what it cannot draw', () => {
    expect(() => drawLatent({ points: [], axisNames })).toThrow(ArgumentError);
    expect(() =>
      drawLatent({
        points: [
          [0, 0],
          [1, Number.NaN],
        ],
        axisNames,
      }),
    ).toThrow('drawLatent: points[1] is (1, NaN); coordinates have to be finite.');
    expect(() => drawLatent({ points: [[0, 0]], labels: [1, 2], axisNames })).toThrow(
      'drawLatent: there are 1 points but 2 labels; give one label a point, or none at all.',
    );
  });
});
