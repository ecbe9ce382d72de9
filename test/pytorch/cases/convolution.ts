import * as ops from '@reparam/autograd';
import { type Case, compare, given, normals } from '../case.ts';

const signals = normals(2, 4, 9);
const images = normals(2, 4, 6, 7);

const convolutions: readonly Case[] = [
  compare(ops.conv1d, 'F.conv1d(x0, x1)', (x, w) => ops.conv1d(x, w), signals, normals(3, 4, 3)),
  compare(
    ops.conv1d,
    'F.conv1d(x0, x1, x2, stride=2, padding=1)',
    (x, w, bias) => ops.conv1d(x, w, { bias, stride: 2, padding: 1 }),
    signals,
    normals(3, 4, 4),
    normals(3),
  ),
  compare(
    ops.conv1d,
    "F.conv1d(x0, x1, padding='same', dilation=2, groups=2)",
    (x, w) => ops.conv1d(x, w, { padding: 'same', dilation: 2, groups: 2 }),
    signals,
    normals(6, 2, 3),
  ),
  compare(
    ops.conv1d,
    'F.conv1d(F.pad(x0, (0, 3)), x1, stride=3)',
    (x, w) => ops.conv1d(x, w, { stride: 3, padding: [[0, 3]] }),
    signals,
    normals(2, 4, 5),
  ),
  compare(ops.conv2d, 'F.conv2d(x0, x1)', (x, w) => ops.conv2d(x, w), images, normals(3, 4, 2, 3)),
  compare(
    ops.conv2d,
    'F.conv2d(x0, x1, x2, stride=2, padding=1)',
    (x, w, bias) => ops.conv2d(x, w, { bias, stride: 2, padding: 1 }),
    images,
    normals(3, 4, 4, 4),
    normals(3),
  ),
  compare(
    ops.conv2d,
    'F.conv2d(x0, x1, stride=(1, 2), padding=(2, 0), dilation=(2, 1), groups=2)',
    (x, w) => ops.conv2d(x, w, { stride: [1, 2], padding: [2, 0], dilation: [2, 1], groups: 2 }),
    images,
    normals(4, 2, 2, 3),
  ),
  compare(
    ops.conv2d,
    'F.conv2d(x0, x1, groups=4)',
    (x, w) => ops.conv2d(x, w, { groups: 4 }),
    images,
    normals(8, 1, 3, 3),
  ),
  compare(
    ops.conv2d,
    "F.conv2d(x0, x1, padding='same')",
    (x, w) => ops.conv2d(x, w, { padding: 'same' }),
    images,
    normals(1, 4, 2, 3),
  ),
  compare(
    ops.convTranspose1d,
    'F.conv_transpose1d(x0, x1)',
    (x, w) => ops.convTranspose1d(x, w),
    signals,
    normals(4, 3, 3),
  ),
  compare(
    ops.convTranspose1d,
    'F.conv_transpose1d(x0, x1, x2, stride=2, padding=1, output_padding=1)',
    (x, w, bias) => ops.convTranspose1d(x, w, { bias, stride: 2, padding: 1, outputPadding: 1 }),
    signals,
    normals(4, 3, 3),
    normals(3),
  ),
  compare(
    ops.convTranspose1d,
    'F.conv_transpose1d(x0, x1, stride=3, dilation=2, groups=2)',
    (x, w) => ops.convTranspose1d(x, w, { stride: 3, dilation: 2, groups: 2 }),
    signals,
    normals(4, 2, 2),
  ),
  compare(
    ops.convTranspose2d,
    'F.conv_transpose2d(x0, x1)',
    (x, w) => ops.convTranspose2d(x, w),
    images,
    normals(4, 2, 2, 3),
  ),
  compare(
    ops.convTranspose2d,
    'F.conv_transpose2d(x0, x1, x2, stride=2, padding=1)',
    (x, w, bias) => ops.convTranspose2d(x, w, { bias, stride: 2, padding: 1 }),
    images,
    normals(4, 3, 4, 4),
    normals(3),
  ),
  compare(
    ops.convTranspose2d,
    'F.conv_transpose2d(x0, x1, stride=(2, 3), padding=(1, 0), output_padding=(1, 2), dilation=(1, 2), groups=2)',
    (x, w) =>
      ops.convTranspose2d(x, w, {
        stride: [2, 3],
        padding: [1, 0],
        outputPadding: [1, 2],
        dilation: [1, 2],
        groups: 2,
      }),
    images,
    normals(4, 3, 2, 3),
  ),
];

const ties = given([[[1, 3, 3, 2, 2, 2, -1]]]);

const pools: readonly Case[] = [
  compare(ops.maxPool1d, 'F.max_pool1d(x0, 2)', (x) => ops.maxPool1d(x, 2), signals),
  compare(
    ops.maxPool1d,
    'F.max_pool1d(x0, 3, stride=2, padding=1)',
    (x) => ops.maxPool1d(x, 3, { stride: 2, padding: 1 }),
    signals,
  ),
  compare(ops.maxPool1d, 'x0.unfold(-1, 3, 2).amax(-1)', (x) => ops.maxPool1d(x, 3, { stride: 2 }), ties),
  compare(ops.maxPool2d, 'F.max_pool2d(x0, 2)', (x) => ops.maxPool2d(x, 2), images),
  compare(
    ops.maxPool2d,
    'F.max_pool2d(x0, (3, 2), stride=(2, 1), padding=(1, 0))',
    (x) => ops.maxPool2d(x, [3, 2], { stride: [2, 1], padding: [1, 0] }),
    images,
  ),
  compare(ops.averagePool1d, 'F.avg_pool1d(x0, 2)', (x) => ops.averagePool1d(x, 2), signals),
  compare(
    ops.averagePool1d,
    'F.avg_pool1d(x0, 3, stride=2, padding=1, count_include_pad=False)',
    (x) => ops.averagePool1d(x, 3, { stride: 2, padding: 1, countPadding: false }),
    signals,
  ),
  compare(ops.averagePool2d, 'F.avg_pool2d(x0, 2)', (x) => ops.averagePool2d(x, 2), images),
  compare(
    ops.averagePool2d,
    'F.avg_pool2d(x0, (3, 2), stride=(2, 1), padding=1)',
    (x) => ops.averagePool2d(x, [3, 2], { stride: [2, 1], padding: 1 }),
    images,
  ),
  compare(
    ops.averagePool2d,
    'F.avg_pool2d(x0, 3, stride=2, padding=1, count_include_pad=False)',
    (x) => ops.averagePool2d(x, 3, { stride: 2, padding: 1, countPadding: false }),
    images,
  ),
];

const resampled: readonly Case[] = [
  compare(ops.windows, 'x0.unfold(-1, 3, 2).mT', (x) => ops.windows(x, [3], { stride: 2 }), signals),
  compare(
    ops.windows,
    'F.unfold(x0, (2, 3), dilation=(2, 1), stride=(1, 2)).reshape(2, 4, 2, 3, 4, 3)',
    (x) => ops.windows(x, [2, 3], { dilation: [2, 1], stride: [1, 2] }),
    images,
  ),
  compare(
    ops.upsampleNearest,
    "F.interpolate(x0, scale_factor=3, mode='nearest')",
    (x) => ops.upsampleNearest(x, 3),
    signals,
  ),
  compare(
    ops.upsampleNearest,
    "F.interpolate(x0, scale_factor=(2, 3), mode='nearest')",
    (x) => ops.upsampleNearest(x, [2, 3]),
    images,
  ),
  compare(
    ops.upsampleBilinear,
    "F.interpolate(x0, scale_factor=2, mode='bilinear')",
    (x) => ops.upsampleBilinear(x, { factor: 2 }),
    images,
  ),
  compare(
    ops.upsampleBilinear,
    "F.interpolate(x0, size=(4, 11), mode='bilinear')",
    (x) => ops.upsampleBilinear(x, { size: [4, 11] }),
    images,
  ),
  compare(
    ops.upsampleBilinear,
    "F.interpolate(x0, size=(9, 3), mode='bilinear', align_corners=True)",
    (x) => ops.upsampleBilinear(x, { size: [9, 3], alignCorners: true }),
    images,
  ),
];

export const convolution = [convolutions, pools, resampled].flat();
