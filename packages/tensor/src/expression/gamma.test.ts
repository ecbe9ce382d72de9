import { describe, expect, test } from 'vitest';
import { digamma, logGamma, polygamma } from './gamma.ts';

const euler = 0.5772156649015329;
const catalan = 0.915965594177219;
const zeta3 = 1.2020569031595942;

function relativeError(computed: number, truth: number): number {
  return Math.abs(computed - truth) / Math.abs(truth);
}

const points = Array.from({ length: 120 }, (_, i) => 0.0371 + i * 0.1637);
const wholes = Array.from({ length: 165 }, (_, i) => i + 1);

/** x, ln|Γ(x)|, ψ(x): by mpmath 1.3 with 40 digits, which uses other series. */
const published: readonly (readonly [number, number, number])[] = [
  [1e-300, 690.7755278982137, -9.999999999999999e299],
  [1e-5, 11.512919692895826, -100000.57719921567],
  [0.1, 2.252712651734206, -10.423754940411076],
  [0.75, 0.20328095143129538, -1.0858608797864722],
  [0.999, 0.0005780385328913802, -0.5788618021086455],
  [1.0001, -5.771334222047127e-5, -0.5770511835143348],
  [1.5, -0.12078223763524522, 0.03648997397857652],
  [1.999, -0.0004224618006921073, 0.4221391988923556],
  [2.0001, 4.2281658112919945e-5, 0.4228488264846654],
  [3.7, 1.428072326665388, 1.1671535393615113],
  [9.99, 12.779315214350193, 2.250700372831201],
  [10.01, 12.824350262448247, 2.2528037003181356],
  [25.5, 56.389167643719944, 3.2189424728839198],
  [1000, 5905.220423209181, 6.907255195648812],
  [10000000000, 220258509288.81058, 23.025850929890456],
  [1e100, 2.2925850929940456e102, 230.25850929940458],
  [-0.001, 6.908333317515028, 999.4211381978913],
  [-0.3, 1.4648400508576025, 2.113309779635399],
  [-0.9999, 9.210382663634405, -9999.576951174615],
  [-1.5, 0.860047015376481, 0.7031566406452432],
  [-3.25, -0.6231534513209986, 4.46627587235028],
  [-7.875, -8.232668239043043, -5.458631940495501],
  [-40.625, -111.4148635178005, 2.415350558350955],
];

/** n, x, ψ⁽ⁿ⁾(x): by mpmath 1.3 with 40 digits, from Hurwitz's zeta function. */
const publishedPolygamma: readonly (readonly [number, number, number])[] = [
  [1, 0.1, 101.43329915079275],
  [1, 3.5, 0.3303577561002349],
  [1, 1000000, 1.0000005000001667e-6],
  [2, 0.75, -5.3026332163376395],
  [2, 12.25, -0.007230035788993344],
  [3, 1.5, 1.4090910340024372],
  [4, 0.3, -9883.46855549699],
  [7, 2.5, 3.565236352523131],
  [12, 5.25, -0.2335689018757364],
  [30, 0.5, -5.696261790319176e41],
  [1, -0.75, 18.975106932284888],
  [2, -1.25, 123.72136678366236],
  [3, -2.625, 345.662536234519],
  [5, -0.125, 31457550.40616232],
  [1, -50.375, 11.543305418917198],
];

describe('against values of forty digits', () => {
  test.each(published)('ln|Γ| and ψ at %d', (x, logarithm, derivative) => {
    const tolerance = x > 0 ? 1e-15 : 2e-15;
    expect(relativeError(logGamma(x), logarithm)).toBeLessThan(tolerance);
    expect(relativeError(digamma(x), derivative)).toBeLessThan(tolerance);
  });

  test.each(publishedPolygamma)('ψ of order %d at %d', (order, x, value) => {
    expect(relativeError(polygamma(order, x), value)).toBeLessThan(3e-15);
  });
});

describe('against closed forms', () => {
  test('ln Γ(n) = ln (n − 1)!', () => {
    let factorial = 1n;
    for (const n of wholes) {
      // ln Γ(1) and ln Γ(2) are 0, and nothing else will do.
      const truth = Math.log(Number(factorial));
      expect(Math.abs(logGamma(n) - truth)).toBeLessThanOrEqual(6e-16 * truth);
      factorial *= BigInt(n);
    }
  });

  test('ψ(n) = 1 + 1/2 + … + 1/(n − 1) − γ', () => {
    let harmonic = 0;
    for (const n of wholes) {
      expect(relativeError(digamma(n), harmonic - euler)).toBeLessThan(2e-15);
      harmonic += 1 / n;
    }
  });

  // A&S 6.1.8, 6.3.2, 6.3.3, 6.4.2, 6.4.4, and Kölbig 1996 for the quarters.
  test.each<[string, number, number]>([
    ['ln Γ(½) = ½ ln π', logGamma(0.5), Math.log(Math.PI) / 2],
    ['ln|Γ(−½)| = ln 2√π', logGamma(-0.5), Math.log(2 * Math.sqrt(Math.PI))],
    ['ψ(1) = −γ', digamma(1), -euler],
    ['ψ(½) = −γ − 2 ln 2', digamma(0.5), -euler - 2 * Math.LN2],
    ['ψ(−½) = 2 − γ − 2 ln 2', digamma(-0.5), 0.03648997397857652],
    ['ψ(¼) = −γ − π/2 − 3 ln 2', digamma(0.25), -euler - Math.PI / 2 - 3 * Math.LN2],
    ['ψ′(1) = π²/6', polygamma(1, 1), Math.PI ** 2 / 6],
    ['ψ′(½) = π²/2', polygamma(1, 0.5), Math.PI ** 2 / 2],
    ['ψ′(¼) = π² + 8G', polygamma(1, 0.25), Math.PI ** 2 + 8 * catalan],
    ['ψ″(1) = −2ζ(3)', polygamma(2, 1), -2 * zeta3],
    ['ψ″(½) = −14ζ(3)', polygamma(2, 0.5), -14 * zeta3],
    ['ψ‴(1) = π⁴/15', polygamma(3, 1), Math.PI ** 4 / 15],
    ['ψ‴(½) = π⁴', polygamma(3, 0.5), Math.PI ** 4],
    ['ψ of order 0', polygamma(0, 0.25), -euler - Math.PI / 2 - 3 * Math.LN2],
  ])('%s', (_, computed, truth) => {
    expect(relativeError(computed, truth)).toBeLessThan(1e-15);
  });
});

describe('against functional equations', () => {
  const signed = [...points, ...points.map((x) => -x)];

  test('Γ(x + 1) = xΓ(x), and its derivatives', () => {
    for (const x of signed) {
      const close = (left: number, ...terms: number[]): void => {
        const right = terms.reduce((sum, term) => sum + term);
        const scale = Math.max(1, ...terms.map(Math.abs));
        expect(Math.abs(left - right) / scale).toBeLessThan(1e-14);
      };
      close(logGamma(x + 1), logGamma(x), Math.log(Math.abs(x)));
      close(digamma(x + 1), digamma(x), 1 / x);
      close(polygamma(1, x + 1), polygamma(1, x), -(x ** -2));
      close(polygamma(2, x + 1), polygamma(2, x), 2 * x ** -3);
      close(polygamma(3, x + 1), polygamma(3, x), -6 * x ** -4);
    }
  });

  test("Legendre's duplication formula (A&S 6.1.18 and 6.3.8)", () => {
    for (const x of points) {
      const logarithm = logGamma(x) + logGamma(x + 0.5) + (2 * x - 1) * Math.LN2 - Math.log(Math.PI) / 2;
      expect(Math.abs(logGamma(2 * x) - logarithm)).toBeLessThan(1e-14 * Math.max(1, Math.abs(logarithm)));
      const derivative = (digamma(x) + digamma(x + 0.5)) / 2 + Math.LN2;
      expect(Math.abs(digamma(2 * x) - derivative)).toBeLessThan(1e-14 * Math.max(1, Math.abs(derivative)));
    }
  });
});

describe('where digits are easily lost', () => {
  test('ln Γ beside its zeros 1 and 2', () => {
    // −γε + ζ(2)ε²/2 and (1 − γ)ε + (ζ(2) − 1)ε²/2 with ε = 2⁻⁴⁰
    expect(relativeError(logGamma(1 + 2 ** -40), -5.249745890076018e-13)).toBeLessThan(1e-15);
    expect(relativeError(logGamma(2 + 2 ** -40), 3.8452011276491285e-13)).toBeLessThan(1e-15);
  });

  test('ψ beside its zero 1.46163214496836234…', () => {
    expect(relativeError(digamma(1.4616321449683622), -9.241265521729427e-17)).toBeLessThan(1e-15);
    expect(relativeError(digamma(1.46163), -2.0756283887224574e-6)).toBeLessThan(1e-15);
  });

  test('large arguments overflow no sooner than the value', () => {
    expect(relativeError(logGamma(2.5e305), 1.7555118602376452e308)).toBeLessThan(1e-15);
    expect(logGamma(2.6e305)).toBe(Infinity);
    expect(digamma(1e300)).toBe(Math.log(1e300));
    expect(polygamma(1, 1e300)).toBe(1e-300);
  });

  test('orders whose factorial overflows', () => {
    // n! Σ 1/(x + k)ⁿ⁺¹ is convex and falls, so it lies above its integral (n − 1)!/xⁿ and half the first term, and
    // below that integral and the whole of it; here n = 172 and x = 200.
    let first = 1 / 200;
    for (let i = 1; i < 172; i++) first *= i / 200;
    expect(polygamma(172, 200)).toBeLessThan(-first * (1 + 172 / 400));
    expect(polygamma(172, 200)).toBeGreaterThan(-first * (1 + 172 / 200));
  });
});

describe('at the edges', () => {
  test('poles', () => {
    expect([0, -0, -1, -2, -1e15, -1e306].map(logGamma)).toEqual(Array(6).fill(Infinity));
    expect([digamma(0), digamma(-0)]).toEqual([-Infinity, Infinity]);
    expect([-1, -2, -1e15].map(digamma)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([0, -0, -1, -4].map((x) => polygamma(1, x))).toEqual(Array(4).fill(Infinity));
    expect([0, -0, -1].map((x) => polygamma(2, x))).toEqual([-Infinity, Infinity, Number.NaN]);
  });

  test('infinities and NaN', () => {
    expect([Infinity, -Infinity, Number.NaN].map(logGamma)).toEqual([Infinity, Infinity, Number.NaN]);
    expect([Infinity, -Infinity, Number.NaN].map(digamma)).toEqual([Infinity, Number.NaN, Number.NaN]);
    expect(polygamma(1, Infinity)).toBe(0);
    expect(Math.abs(polygamma(2, Infinity))).toBe(0);
    for (const order of [1, 2]) {
      expect(polygamma(order, -Infinity)).toBeNaN();
      expect(polygamma(order, Number.NaN)).toBeNaN();
    }
  });
});
