import { attributes, describeSource, describeView, typeOf } from './print.ts';
import type { Program, Source, Value, View } from './program.ts';

/** Labels longer than this, as those of fused formulas may be, are cut short in the picture. */
const longestLabel = 60;

const shapes = {
  instruction: ['["', '"]'],
  input: ['(["', '"])'],
  state: ['[("', '")]'],
  constant: ['("', '")'],
  result: ['{{"', '"}}'],
} as const;

/** Numbers that vary come in from outside, as inputs do. */
const looks: Readonly<Record<Source['kind'], keyof typeof shapes>> = {
  input: 'input',
  varying: 'input',
  state: 'state',
  constant: 'constant',
};

/**
 * A program as a Mermaid flowchart, which GitHub and many editors draw: what comes in is round, states are cylinders,
 * and constants are dashed. Edges tell how a value is looked at where that is not as it lies. Mermaid itself refuses
 * more than 500 edges unless its `maxEdges` is raised.
 */
export function programToMermaid(program: Program): string {
  const { sources, instructions, outputs, updates } = program;
  const nodes: string[] = [];
  const edges: string[] = [];
  const nodeOf = new Map<Value, string>();

  const draw = (id: string, look: keyof typeof shapes, ...lines: readonly string[]): void => {
    const [open, close] = shapes[look];
    nodes.push(`  ${id}${open}${lines.map(escaped).join('<br/>')}${close}:::${look}`);
  };
  const connect = (view: View, to: string): void => {
    const how = describeView(view, new Map([[view.value, '']]));
    edges.push(`  ${nodeOf.get(view.value)!} -->${how === '' ? '' : `|"${escaped(how)}"|`} ${to}`);
  };

  sources.forEach(({ value, source }, i) => {
    nodeOf.set(value, `in${i}`);
    draw(`in${i}`, looks[source.kind], describeSource(source), typeOf(value));
  });
  instructions.forEach(({ operation, operands, results }, i) => {
    for (const result of results) nodeOf.set(result, `op${i}`);
    draw(`op${i}`, 'instruction', operation.kind + attributes(operation), results.map(typeOf).join(', '));
    for (const view of operands) connect(view, `op${i}`);
  });
  outputs.forEach((view, i) => {
    draw(`out${i}`, 'result', `output ${i}`);
    connect(view, `out${i}`);
  });
  updates.forEach(({ state, next }, i) => {
    const { source } = sources.find(({ value }) => value === state)!;
    draw(`next${i}`, 'state', `${describeSource(source)}, next`);
    connect(next, `next${i}`);
  });
  return [
    'flowchart TD',
    ...nodes,
    ...edges,
    '  classDef instruction fill:#eef3fb,stroke:#4a6fa5,color:#1b2a41',
    '  classDef input fill:#e8f5e9,stroke:#3f7d46,stroke-width:2px,color:#143318',
    '  classDef state fill:#fdebd0,stroke:#c8741a,stroke-width:2px,color:#4a2a05',
    '  classDef constant fill:#f7f7f7,stroke:#999999,stroke-dasharray:4 3,color:#444444',
    '  classDef result fill:#e8f5e9,stroke:#3f7d46,color:#143318',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  const short = text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text;
  return short.replace(/["#&<>`|]/g, (character) => `#${character.codePointAt(0)};`);
}
