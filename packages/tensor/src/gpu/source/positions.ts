import { coalesce } from '../../backend/reference/iterate.ts';
import type { Layout } from '../../layout.ts';
import { contiguousStrides, type Shape } from '../../shape.ts';

/**
 * JavaScript for where the elements of views lie, given their row-major number under a shape. Whole numbers
 * throughout: see integers.ts.
 */
export function positionTexts(shape: Shape, views: readonly Layout[], number: string): string[] {
  const walk = coalesce(
    shape,
    views.map(({ strides }) => strides),
  );
  const coordinates = coordinateTexts(walk.shape, number);
  return views.map(({ offset }, k) =>
    sumText(
      offset,
      walk.strides[k]!.map((stride, axis) => ({ text: coordinates[axis]!, factor: stride })),
    ),
  );
}

/** The coordinates of the element with a row-major number. */
export function coordinateTexts(shape: Shape, number: string): string[] {
  const strides = contiguousStrides(shape);
  return shape.map((length, axis) => {
    const stride = strides[axis]!;
    const above = stride === 1 ? number : `quotient(${number}, ${stride})`;
    // The first coordinate never passes its length.
    return axis === 0 ? above : `remainder(${above}, ${length})`;
  });
}

/** offset + Σ factor·text, without what is 0. */
export function sumText(
  offset: number,
  terms: readonly { readonly text: string; readonly factor: number }[],
): string {
  const parts = terms.flatMap(({ text, factor }) =>
    factor === 0 ? [] : [factor === 1 ? text : `${text} * ${factor}`],
  );
  if (offset !== 0 || parts.length === 0) parts.push(String(offset));
  return parts.join(' + ').replaceAll('+ -', '- ');
}
