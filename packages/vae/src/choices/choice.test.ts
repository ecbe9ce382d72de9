import { ArgumentError } from '@reparam/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatChoice, kindOf, parseChoice, type RawChoice, valuesOf } from './choice.ts';
import { choiceOption, countOption, numberOption, positiveOrWordOption } from './option.ts';

const kinds = {
  water: { description: 'plain', options: {} },
  coffee: {
    description: 'from beans',
    options: {
      cups: countOption('how many', 1),
      roast: choiceOption('of the beans', 'medium', ['light', 'medium', 'dark']),
      sugar: numberOption('grams', 0, { minimum: 0, maximum: 50 }),
    },
  },
  tea: {
    description: 'from leaves',
    options: {
      minutes: positiveOrWordOption<'till cold'>('how long', 3, ['till cold']),
      cups: countOption('how many', 2, 2),
      offset: numberOption('any number', -1.5),
    },
  },
} as const;
const drink = { name: 'drink', kinds } as const;

const everything = ['coffee', 'tea'] as const;
const choices = fc.oneof(
  fc.constant({ kind: 'water' }),
  fc.record(
    {
      kind: fc.constant('coffee'),
      cups: fc.integer({ min: 1, max: 1e9 }),
      roast: fc.constantFrom('light', 'medium', 'dark'),
      sugar: fc.double({ min: 0, max: 50, noNaN: true }),
    },
    { requiredKeys: ['kind'] },
  ),
  fc.record(
    {
      kind: fc.constant('tea'),
      minutes: fc.oneof(
        fc.constant('till cold'),
        fc.double({ min: 1e-300, max: 1e300, noNaN: true, noDefaultInfinity: true }),
      ),
      cups: fc.integer({ min: 2, max: 1e9 }),
      // No −0, which is written as 0.
      offset: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    },
    { requiredKeys: ['kind'] },
  ),
) as fc.Arbitrary<RawChoice>;

describe('valuesOf', () => {
  test('fills in the defaults', () => {
    expect(valuesOf(drink, { kind: 'water' })).toEqual({});
    expect(valuesOf(drink, { kind: 'coffee' })).toEqual({ cups: 1, roast: 'medium', sugar: 0 });
    expect(valuesOf(drink, { kind: 'coffee', sugar: 4 })).toEqual({ cups: 1, roast: 'medium', sugar: 4 });
    expect(valuesOf(drink, { kind: 'tea', minutes: 'till cold' })).toMatchObject({ minutes: 'till cold' });
  });

  const known = 'there are water, coffee, tea.';
  test.each<[unknown, string]>([
    [{ kind: 'juice' }, `drink: there is no drink "juice"; ${known}`],
    [{ kind: 'constructor' }, `drink: there is no drink "constructor"; ${known}`],
    [{ kind: 3 }, `drink: the drink is not given as { kind, … }; ${known}`],
    ['coffee', `drink: the drink is not given as { kind, … }; ${known}`],
    [null, `drink: the drink is not given as { kind, … }; ${known}`],
    [undefined, `drink: the drink is not given as { kind, … }; ${known}`],
    [
      { kind: 'coffee', milk: true },
      'drink: coffee has no option "milk"; it has cups (a whole number ≥ 1), roast (one of light, medium, dark), ' +
        'sugar (a number ≥ 0 and ≤ 50).',
    ],
    [{ kind: 'coffee', toString: 1 }, 'drink: coffee has no option "toString"; it has cups'],
    [{ kind: 'water', cups: 2 }, 'drink: water has no option "cups"; it has no options.'],
    [{ kind: 'coffee', cups: 1.5 }, 'drink: cups of coffee is 1.5; it must be a whole number ≥ 1.'],
    [{ kind: 'coffee', cups: '2' }, 'drink: cups of coffee is 2; it must be a whole number ≥ 1.'],
    [{ kind: 'tea', cups: 1 }, 'drink: cups of tea is 1; it must be a whole number ≥ 2.'],
    [
      { kind: 'coffee', roast: 'burnt' },
      'drink: roast of coffee is burnt; it must be one of light, medium, dark.',
    ],
    [{ kind: 'coffee', sugar: -1 }, 'drink: sugar of coffee is -1; it must be a number ≥ 0 and ≤ 50.'],
    [
      { kind: 'coffee', sugar: Infinity },
      'drink: sugar of coffee is Infinity; it must be a number ≥ 0 and ≤ 50.',
    ],
    [{ kind: 'tea', offset: Number.NaN }, 'drink: offset of tea is NaN; it must be a number.'],
    [{ kind: 'tea', minutes: 0 }, 'drink: minutes of tea is 0; it must be a number above 0 or "till cold".'],
    [{ kind: 'tea', minutes: 'long' }, 'drink: minutes of tea is long; it must be a number above 0'],
    [{ kind: 'tea', minutes: Infinity }, 'drink: minutes of tea is Infinity; it must be a number above 0'],
  ])('refuses %o', (choice, message) => {
    expect(() => valuesOf(drink, choice)).toThrow(ArgumentError);
    expect(() => valuesOf(drink, choice)).toThrow(message);
  });
});

test.each(everything)('kindOf finds the entry of %s', (name) => {
  expect(kindOf(drink, name)).toBe(kinds[name]);
});

describe('parseChoice', () => {
  test.each<[string, RawChoice]>([
    ['water', { kind: 'water' }],
    ['coffee', { kind: 'coffee' }],
    ['coffee:2', { kind: 'coffee', cups: 2 }],
    ['coffee:2:dark:5', { kind: 'coffee', cups: 2, roast: 'dark', sugar: 5 }],
    // What an option does not take belongs to the next that does.
    ['coffee:dark', { kind: 'coffee', roast: 'dark' }],
    ['coffee:0.5', { kind: 'coffee', sugar: 0.5 }],
    ['coffee:dark:5', { kind: 'coffee', roast: 'dark', sugar: 5 }],
    ['coffee:sugar=5', { kind: 'coffee', sugar: 5 }],
    ['coffee:sugar=5:2:dark', { kind: 'coffee', cups: 2, roast: 'dark', sugar: 5 }],
    ['coffee:cups=3:5', { kind: 'coffee', cups: 3, sugar: 5 }],
    ['tea:till cold:4', { kind: 'tea', minutes: 'till cold', cups: 4 }],
    ['tea:1e-3', { kind: 'tea', minutes: 0.001 }],
  ])('reads %s', (text, choice) => {
    expect(parseChoice(drink, text)).toEqual(choice);
  });

  test.each([
    ['juice:2', 'drink: there is no drink "juice"; there are water, coffee, tea.'],
    ['', 'drink: there is no drink ""; there are'],
    ['water:2', 'drink: there is nothing for "2" to mean in "water:2"; it has no options.'],
    ['coffee:1:dark:5:7', 'drink: there is nothing for "7" to mean in "coffee:1:dark:5:7"; it has cups'],
    [
      'coffee:burnt',
      'drink: "burnt" in "coffee:burnt" fits no option of coffee; it has cups (a whole number ≥ 1),',
    ],
    ['coffee:dark:dark', 'drink: "dark" in "coffee:dark:dark" fits no option of coffee; it has cups'],
    ['coffee:', 'drink: "" in "coffee:" fits no option of coffee; it has cups'],
    ['coffee:milk=1', 'drink: coffee has no option "milk"; it has cups'],
    ['coffee:kind=tea', 'drink: coffee has no option "kind"; it has cups'],
    ['coffee:__proto__=1', 'drink: coffee has no option "__proto__"; it has cups'],
    ['coffee:cups=0', 'drink: cups of coffee is 0; it must be a whole number ≥ 1.'],
    ['coffee:cups=1=2', 'drink: cups of coffee is 1=2; it must be a whole number ≥ 1.'],
    [
      'coffee:cups=1:cups=2',
      'drink: "coffee:cups=1:cups=2" gives cups of coffee twice, 1 and 2; leave one out.',
    ],
    ['coffee:4:cups=2', 'drink: "coffee:4:cups=2" gives cups of coffee twice, 4 and 2; leave one out.'],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseChoice(drink, text)).toThrow(ArgumentError);
    expect(() => parseChoice(drink, text)).toThrow(message);
  });

  test('reads back what formatChoice writes, whatever was chosen', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const read = parseChoice(drink, formatChoice(drink, choice));
        expect(valuesOf(drink, read)).toEqual(valuesOf(drink, choice));
      }),
    );
  });
});

test('formatChoice leaves out what is at its default', () => {
  expect(formatChoice(drink, { kind: 'water' })).toBe('water');
  expect(formatChoice(drink, { kind: 'coffee', cups: 1, roast: 'dark', sugar: 0 })).toBe('coffee:roast=dark');
  expect(() => formatChoice(drink, { kind: 'juice' })).toThrow('drink: there is no drink "juice"');
});
