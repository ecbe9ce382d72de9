import { requireCount, requirePositive } from '../../objectives/arguments.ts';

/**
 * Inverse temperatures 0 = β₀ < … < β_T = 1 along a logistic curve, dense at both ends where the densities change
 * fastest: β_t = (s_t − s₀)/(s_T − s₀), s_t = sigmoid(δ(2t/T − 1)) (Wu et al. 2017; Grosse et al. 2015, §6).
 * @throws ArgumentError unless `steps` is a whole number above 0 and the steepness δ is above 0.
 */
export function sigmoidalSchedule(steps: number, steepness = 4): number[] {
  requireCount('sigmoidalSchedule', 'steps', steps);
  requirePositive('sigmoidalSchedule', 'steepness', steepness);
  const curve = (t: number): number => 1 / (1 + Math.exp(-steepness * ((2 * t) / steps - 1)));
  const [first, last] = [curve(0), curve(steps)];
  return Array.from({ length: steps + 1 }, (_, t) => (t === steps ? 1 : (curve(t) - first) / (last - first)));
}
