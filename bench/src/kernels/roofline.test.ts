import { expect, test } from 'vitest';
import { renderRoofline } from './roofline.ts';

const bandwidth = { cache: 100, memory: 25 };
const point = { title: 'a·b', way: 'SIMD exact', intensity: 10, rate: 50 };

test('of what each family came to, the fastest is drawn, apart on one thread and on two', () => {
  const points = [
    point,
    { ...point, rate: 55 },
    { ...point, way: 'SIMD exact, 2 threads', rate: 90 },
    { ...point, way: 'naive loops', rate: 1 },
  ];
  const titles = [...renderRoofline({ peaks: [60], bandwidth, points }).matchAll(/<title>(.*?)<\/title>/g)];
  expect(titles.map(([, title]) => title)).toEqual([
    'a·b: SIMD exact, 55.0 GFLOP/s',
    'a·b: SIMD exact, 2 threads, 90.0 GFLOP/s',
    'a·b: naive loops, 1.0 GFLOP/s',
  ]);
});

test('faster is higher, and more operations for each byte are further right', () => {
  const points = [point, { title: 'exp', way: 'SIMD', intensity: 0.125, rate: 1 }];
  const svg = renderRoofline({ peaks: [60], bandwidth, points });
  const [first, second] = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="4" /g)].map(
    ([, x, y]) => [Number(x), Number(y)] as const,
  );
  expect(first![0]).toBeGreaterThan(second![0]);
  expect(first![1]).toBeLessThan(second![1]);
});

test('peaks that are nearly the same are one roof', () => {
  const roofs = (peaks: readonly number[]) =>
    renderRoofline({ peaks, bandwidth, points: [point] }).match(/GFLOP\/s a thread/g)!.length;
  expect(roofs([60, 62, 120])).toBe(2);
});
