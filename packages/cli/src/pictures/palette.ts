/**
 * Ten colours that tell classes apart, each with enough contrast on white and on near-black: the order of
 * Observable's categorical scheme ("observable10", ISC licence).
 */
const ten = [
  '#4269d0',
  '#efb118',
  '#ff725c',
  '#6cc5b0',
  '#3ca951',
  '#ff8ab7',
  '#a463f2',
  '#97bbf5',
  '#9c6b4e',
  '#9498a0',
];

/** `count` distinct colours: the fixed ten, or around the colour wheel in alternating lightness when there are more. */
export function classColours(count: number): readonly string[] {
  if (count <= ten.length) return ten.slice(0, count);
  return Array.from(
    { length: count },
    (_, i) => `hsl(${Math.round((360 * i) / count)} 65% ${i % 2 ? 42 : 60}%)`,
  );
}
