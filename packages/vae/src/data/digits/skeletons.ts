/**
 * A point the pen passes through, in hundredths of the digit's height: x to the right, y downwards. The pen
 * runs smoothly through a knot unless it is a 'corner'.
 */
export type Knot = readonly [x: number, y: number, turn?: 'corner'];

/** One stroke of the pen, from where it is put down to where it is lifted. */
export type Stroke = readonly Knot[];

/** One way of writing a digit. Styles of a digit are chosen in proportion to their weights. */
export interface Style {
  readonly name: string;
  readonly weight: number;
  readonly strokes: readonly Stroke[];
}

/** How people write the digits: `skeletons[d]` lists the styles of digit d. */
// biome-ignore format: a stroke on a line or two can be followed with the eye; a knot a line cannot.
export const skeletons: readonly (readonly Style[])[] = [
  [
    {
      name: '0, tall oval', weight: 4,
      strokes: [
        [[40, 4], [20, 9], [6, 46], [15, 86], [33, 97], [52, 84], [60, 48], [50, 13], [32, 3]],
      ],
    },
    {
      name: '0, round', weight: 3,
      strokes: [
        [[48, 8], [24, 5], [4, 32], [5, 70], [30, 97], [62, 80], [70, 42], [54, 9], [36, 3]],
      ],
    },
    {
      name: '0, closed with a curl', weight: 2,
      strokes: [
        [[46, 8], [28, 4], [9, 28], [5, 64], [20, 95], [42, 92], [58, 62], [55, 24], [38, 4],
         [24, 12]],
      ],
    },
  ],
  [
    {
      name: '1, a bare stroke', weight: 6,
      strokes: [
        [[30, 0], [29, 50], [30, 100]],
      ],
    },
    {
      name: '1, with a flag', weight: 3,
      strokes: [
        [[12, 25], [24, 13], [32, 1, 'corner'], [32, 50], [32, 100]],
      ],
    },
    {
      name: '1, with flag and foot', weight: 2,
      strokes: [
        [[13, 22], [24, 12], [33, 1, 'corner'], [33, 50], [33, 98]],
        [[10, 98], [32, 98], [55, 97]],
      ],
    },
  ],
  [
    {
      name: '2, angular foot', weight: 4,
      strokes: [
        [[8, 24], [21, 5], [43, 5], [54, 24], [44, 50], [24, 75], [4, 96, 'corner'], [32, 95],
         [62, 94]],
      ],
    },
    {
      name: '2, looped foot', weight: 3,
      strokes: [
        [[8, 22], [25, 3], [48, 9], [52, 32], [39, 62], [21, 88], [7, 94], [5, 81], [19, 78],
         [40, 92], [66, 90]],
      ],
    },
    {
      name: '2, wavy foot', weight: 2,
      strokes: [
        [[6, 27], [22, 4], [46, 7], [53, 30], [34, 63], [4, 95, 'corner'], [19, 86], [40, 95],
         [64, 88]],
      ],
    },
  ],
  [
    {
      name: '3, two bowls', weight: 5,
      strokes: [
        [[8, 14], [26, 3], [47, 10], [46, 33], [22, 46, 'corner'], [48, 55], [56, 77], [34, 97],
         [4, 88]],
      ],
    },
    {
      name: '3, bowls joined by a loop', weight: 2,
      strokes: [
        [[8, 13], [28, 2], [50, 14], [42, 38], [23, 48], [21, 41], [38, 46], [57, 66], [48, 92],
         [24, 98], [4, 88]],
      ],
    },
    {
      name: '3, flat top', weight: 1,
      strokes: [
        [[6, 5], [30, 5], [54, 4, 'corner'], [26, 41, 'corner'], [50, 52], [56, 78], [32, 98],
         [4, 88]],
      ],
    },
  ],
  [
    {
      name: '4, open, angular', weight: 4,
      strokes: [
        [[12, 4], [8, 30], [4, 56, 'corner'], [32, 56], [60, 53]],
        [[46, 14], [44, 56], [42, 100]],
      ],
    },
    {
      name: '4, open, rounded', weight: 3,
      strokes: [
        [[9, 6], [5, 36], [17, 54], [38, 50], [51, 38]],
        [[54, 3], [51, 50], [46, 100]],
      ],
    },
    {
      name: '4, closed', weight: 2,
      strokes: [
        [[44, 2], [23, 36], [0, 70, 'corner'], [34, 70], [68, 69]],
        [[45, 2], [44, 50], [44, 100]],
      ],
    },
  ],
  [
    {
      name: '5, angular', weight: 4,
      strokes: [
        [[56, 3], [36, 4], [16, 5, 'corner'], [13, 24], [10, 43, 'corner'], [30, 36], [52, 48],
         [54, 76], [34, 97], [4, 90]],
      ],
    },
    {
      name: '5, cap added last', weight: 3,
      strokes: [
        [[18, 9], [15, 26], [11, 44, 'corner'], [34, 40], [51, 58], [49, 84], [28, 98], [4, 88]],
        [[19, 6], [38, 6], [60, 2]],
      ],
    },
    {
      name: '5, one flowing line', weight: 2,
      strokes: [
        [[58, 4], [38, 6], [20, 10], [14, 32], [24, 44], [44, 52], [54, 72], [40, 94], [6, 93]],
      ],
    },
  ],
  [
    {
      name: '6, curved', weight: 4,
      strokes: [
        [[46, 2], [24, 18], [8, 52], [8, 84], [28, 98], [50, 86], [50, 62], [30, 54], [10, 72]],
      ],
    },
    {
      name: '6, straight stem', weight: 3,
      strokes: [
        [[36, 0], [20, 30], [8, 60], [10, 88], [30, 98], [50, 84], [46, 62], [28, 58], [10, 78]],
      ],
    },
    {
      name: '6, bent over, wide bowl', weight: 2,
      strokes: [
        [[52, 10], [38, 3], [16, 22], [5, 60], [16, 92], [42, 96], [60, 78], [46, 58], [24, 60],
         [10, 76]],
      ],
    },
  ],
  [
    {
      name: '7, plain', weight: 4,
      strokes: [
        [[4, 8], [30, 7], [57, 5, 'corner'], [38, 46], [24, 100]],
      ],
    },
    {
      name: '7, crossed', weight: 3,
      strokes: [
        [[4, 9], [34, 7], [64, 4, 'corner'], [45, 46], [26, 100]],
        [[16, 57], [37, 55], [62, 52]],
      ],
    },
    {
      name: '7, with a serif', weight: 2,
      strokes: [
        [[4, 24], [7, 8, 'corner'], [32, 8], [58, 6, 'corner'], [44, 34], [34, 66], [30, 100]],
      ],
    },
    {
      name: '7, wavy top', weight: 2,
      strokes: [
        [[3, 16], [16, 5], [36, 10], [58, 5, 'corner'], [36, 48], [22, 100]],
      ],
    },
  ],
  [
    {
      name: '8, one line from the right', weight: 4,
      strokes: [
        [[50, 14], [30, 2], [10, 16], [18, 37], [40, 54], [53, 77], [32, 98], [8, 82], [18, 58],
         [42, 38], [52, 18], [40, 4]],
      ],
    },
    {
      name: '8, two circles', weight: 2,
      strokes: [
        [[30, 46], [11, 34], [12, 12], [30, 2], [48, 11], [50, 34], [30, 46]],
        [[30, 46], [8, 60], [8, 86], [30, 98], [53, 86], [53, 60], [30, 46]],
      ],
    },
    {
      name: '8, slender, open at the top', weight: 2,
      strokes: [
        [[48, 6], [26, 5], [14, 22], [26, 40], [42, 58], [46, 82], [28, 98], [12, 82], [20, 60],
         [38, 40], [54, 10]],
      ],
    },
  ],
  [
    {
      name: '9, straight stem', weight: 4,
      strokes: [
        [[50, 14], [31, 3], [10, 16], [8, 40], [26, 50], [44, 37], [51, 12, 'corner'], [50, 54],
         [46, 100]],
      ],
    },
    {
      name: '9, curved tail', weight: 3,
      strokes: [
        [[50, 16], [32, 3], [10, 14], [8, 38], [25, 49], [44, 36], [51, 16], [53, 54], [40, 90],
         [10, 94]],
      ],
    },
    {
      name: '9, leaning stem', weight: 2,
      strokes: [
        [[54, 12], [34, 2], [12, 16], [12, 38], [28, 46], [46, 32], [56, 8, 'corner'], [44, 52],
         [28, 100]],
      ],
    },
  ],
];
