import { type Kind, type Kinds, modelChoices, type Question, trainingChoices } from '@reparam/vae';
import { wrapBeside } from '../terminal/wrap.ts';

/** Everything that is chosen from a table, by the name of its option. */
export const questions: Readonly<Record<string, Question<Kinds>>> = { ...modelChoices, ...trainingChoices };

/** Where a kind is from, in tables that say so. */
interface Documented extends Kind {
  readonly source?: string;
  readonly estimates?: string;
}

const margin = '  ';

/** Every kind of a table with what it is and its options, in lines of fewer than `columns` characters. */
export function describeChoices({ name, kinds }: Question<Kinds>, columns: number): string {
  const entries = Object.entries(kinds) as [string, Documented][];
  const width = Math.max(...entries.map(([kind]) => kind.length)) + 2;
  const shared = sharedOptions(entries.map(([, kind]) => kind));
  return [
    `--${name} KIND, or KIND:VALUE:VALUE, or KIND:OPTION=VALUE; KIND is one of`,
    '',
    ...entries.flatMap(([kind, entry]) => [
      wrapBeside(`${margin}${kind}`, describeKind(entry), margin.length + width, columns),
      ...(shared ? [] : describeOptions(entry, margin.length + width, columns)),
    ]),
    ...(shared ? ['', 'Those with options have the same ones:', ...describeOptions(shared, 2, columns)] : []),
  ].join('\n');
}

function describeKind({ description, estimates, source }: Documented): string {
  return `${description}${estimates ? `; ${estimates}` : ''}${source ? ` (${source})` : ''}`;
}

/** A kind whose options are those of every other that has any, where there are several. */
function sharedOptions(kinds: readonly Kind[]): Kind | undefined {
  const [first, ...others] = kinds.filter(({ options }) => Object.keys(options).length > 0);
  if (first === undefined || others.length === 0) return undefined;
  return others.every(({ options }) => options === first.options) ? first : undefined;
}

function describeOptions({ options }: Kind, indent: number, columns: number): string[] {
  const width = indent + 2 + Math.max(0, ...Object.keys(options).map((option) => option.length));
  return Object.entries(options).map(([option, { description, wanted, default: usual }]) =>
    wrapBeside(
      ' '.repeat(indent) + option,
      `${description}: ${wanted} (${usual} unless told)`,
      width,
      columns,
    ),
  );
}
