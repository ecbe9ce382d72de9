import { hornerText } from '../source/polynomial.ts';

export type Language = 'wgsl' | 'glsl';

type Type = 'uint' | 'int' | 'float';

/** The syntax that WGSL and GLSL differ in. */
interface Syntax {
  let(type: Type, name: string, value: string): string;
  /** A function of one element's number and the halves of the key. */
  head(name: string): string;
  readonly pair: string;
  readonly bits: (x: string) => string;
  readonly fromBits: (x: string) => string;
  readonly to: Readonly<Record<Type, string>>;
}

const syntaxes: Readonly<Record<Language, Syntax>> = {
  wgsl: {
    let: (_, name, value) => `var ${name} = ${value};`,
    head: (name) => `fn ${name}(number : u32, low0 : f32, high0 : f32, low1 : f32, high1 : f32) -> f32 {`,
    pair: 'fn threefry(k0 : u32, k1 : u32, c0 : u32, c1 : u32) -> vec2<u32> {',
    bits: (x) => `bitcast<u32>(${x})`,
    fromBits: (x) => `bitcast<f32>(${x})`,
    to: { uint: 'u32', int: 'i32', float: 'f32' },
  },
  glsl: {
    let: (type, name, value) => `${type} ${name} = ${value};`,
    head: (name) => `float ${name}(float number, float low0, float high0, float low1, float high1) {`,
    pair: 'uvec2 threefry(uint k0, uint k1, uint c0, uint c1) {',
    bits: (x) => `floatBitsToUint(${x})`,
    fromBits: (x) => `uintBitsToFloat(${x})`,
    to: { uint: 'uint', int: 'int', float: 'float' },
  },
};

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

/** Threefry-2x32 with 20 rounds, as random/threefry.ts has it. */
function threefry({ pair, let: declare }: Syntax, language: Language): string {
  const lines = [
    declare('uint', 'k2', '0x1bd11bdau ^ k0 ^ k1'),
    declare('uint', 'x', 'c0 + k0'),
    declare('uint', 'y', 'c1 + k1'),
  ];
  const schedule = ['k0', 'k1', 'k2'];
  for (let round = 0; round < 20; round++) {
    const left = rotations[round % 8]!;
    lines.push('x = x + y;', `y = ((y << ${left}u) | (y >> ${32 - left}u)) ^ x;`);
    if (round % 4 !== 3) continue;
    const part = (round + 1) / 4;
    lines.push(`x = x + ${schedule[part % 3]};`, `y = y + ${schedule[(part + 1) % 3]} + ${part}u;`);
  }
  return `${pair}\n${lines.join('\n')}\nreturn ${language === 'wgsl' ? 'vec2<u32>' : 'uvec2'}(x, y);\n}`;
}

/** 2 artanh s = ln((1 + s)/(1 − s)), |s| ≤ 1/3. */
const artanhSeries = [1, 3, 5, 7, 9, 11, 13, 15, 17].map((n) => float(1 / n));
const sineSeries = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880];
const cosineSeries = [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320];

function float(value: number): number {
  return Math.fround(value);
}

/** Numbers of these languages are floats only with a point or an exponent. */
function floats(text: string): string {
  return text.replace(/(?<![\w.])(\d+)(?![\w.])/g, '$1.0');
}

function series(coefficients: readonly number[], x: string): string {
  return floats(hornerText(coefficients, x));
}

/** The functions drawUniform and drawNormal, for draws whose counters have this high word. */
export function randomFunctions(language: Language, use: number): string {
  const syntax = syntaxes[language];
  const { let: declare, head, bits, fromBits, to } = syntax;
  const block = [
    declare('uint', 'place', language === 'wgsl' ? 'number' : 'uint(number)'),
    declare('uint', 'key0', `${to.uint}(low0) | (${to.uint}(high0) << 16u)`),
    declare('uint', 'key1', `${to.uint}(low1) | (${to.uint}(high1) << 16u)`),
    `${language === 'wgsl' ? 'let' : 'uvec2'} words = threefry(key0, key1, place >> 1u, ${use >>> 0}u);`,
  ];
  const uniform = [
    declare('uint', 'word', 'words.x'),
    'if ((place & 1u) == 1u) { word = words.y; }',
    `return ${to.float}(word >> 8u) * 5.9604644775390625e-8;`,
  ];
  // Box and Muller, as random/box-muller.ts has it: r = √(−2 ln u) of u = (word + 1)/2³² and a turn of word/2³².
  const normal = [
    declare('float', 's', '0.0'),
    declare('float', 'whole', '0.0'),
    // Above ½, u is 1 less a small number that float32 has to the last digit.
    `if (words.x >= 0x80000000u) {`,
    declare('float', 'below', `${to.float}(0xffffffffu - words.x) * 2.3283064365386963e-10`),
    's = -below / (2.0 - below);',
    '} else {',
    declare('uint', 'pattern', bits(`${to.float}(words.x + 1u)`)),
    declare('float', 'mantissa', fromBits('(pattern & 0x7fffffu) | 0x3f800000u')),
    declare('int', 'exponent', `${to.int}(pattern >> 23u) - 127`),
    'if (mantissa > 1.4142135) { mantissa = mantissa * 0.5; exponent = exponent + 1; }',
    's = (mantissa - 1.0) / (mantissa + 1.0);',
    `whole = ${to.float}(exponent - 32) * 0.6931471805599453;`,
    '}',
    declare('float', 'z', 's * s'),
    declare('float', 'logarithm', `whole + 2.0 * s * (${series(artanhSeries, 'z')})`),
    declare('float', 'radius', 'sqrt(-2.0 * logarithm)'),
    declare('uint', 'shifted', 'words.y + 0x20000000u'),
    declare('uint', 'quarter', 'shifted >> 30u'),
    declare('int', 'rest', `${to.int}(shifted & 0x3fffffffu) - 0x20000000`),
    declare('float', 'angle', `${to.float}(rest) * 1.4629180792671596e-9`),
    declare('float', 'w', 'angle * angle'),
    declare('float', 'sine', `radius * angle * (${series(sineSeries, 'w')})`),
    declare('float', 'cosine', `radius * (${series(cosineSeries, 'w')})`),
    // Quarter turns map (cos, sin) to (−sin, cos), (−cos, −sin), (sin, −cos).
    declare('uint', 'turned', '(quarter + (place & 1u) * 3u) & 3u'),
    'if (turned == 0u) { return cosine; }',
    'if (turned == 1u) { return -sine; }',
    'if (turned == 2u) { return -cosine; }',
    'return sine;',
  ];
  const define = (name: string, lines: readonly string[]): string =>
    `${head(name)}\n${[...block, ...lines].join('\n')}\n}`;
  return [threefry(syntax, language), define('drawUniform', uniform), define('drawNormal', normal)].join(
    '\n',
  );
}
