import { formatShape } from '@reparam/tensor';
import type { TapeNode } from '../tape.ts';
import { type GraphNode, tapeGraph } from './graph.ts';

/** Names longer than this, as those of derived formulas may be, are cut short in pictures. */
const longestName = 40;

function labelLines({ operation, name, dtype, shape }: GraphNode): [title: string, detail: string] {
  // What has no name of its own is called by its shape already.
  const title = operation ?? name.replace(` ${formatShape(shape)}`, '');
  const short = title.length > longestName ? `${title.slice(0, longestName - 1)}…` : title;
  return [short, `${dtype} ${formatShape(shape)}`];
}

const mermaidShapes = {
  operation: ['["', '"]'],
  leaf: ['(["', '"])'],
  constant: ['("', '")'],
} as const;

function mermaidText(text: string): string {
  return text.replace(/["#&<>`]/g, (character) => `#${character.codePointAt(0)};`);
}

/**
 * A tape as a Mermaid flowchart, which GitHub and many editors draw: leaves that require gradients stand out, and
 * constants are dashed. Mermaid itself refuses more than 500 edges unless its `maxEdges` is raised; {@link toDot} has
 * no such limit.
 */
export function toMermaid(tape: readonly TapeNode[]): string {
  const { nodes, edges } = tapeGraph(tape);
  return [
    'flowchart TD',
    ...nodes.map((node) => {
      const [open, close] = mermaidShapes[node.kind];
      return `  ${node.id}${open}${labelLines(node).map(mermaidText).join('<br/>')}${close}:::${node.kind}`;
    }),
    ...edges.map(({ from, to }) => `  ${from} --> ${to}`),
    '  classDef operation fill:#eef3fb,stroke:#4a6fa5,color:#1b2a41',
    '  classDef leaf fill:#fdebd0,stroke:#c8741a,stroke-width:2px,color:#4a2a05',
    '  classDef constant fill:#f7f7f7,stroke:#999999,stroke-dasharray:4 3,color:#444444',
    '',
  ].join('\n');
}

const dotStyles = {
  operation: 'style="filled,rounded", fillcolor="#eef3fb", color="#4a6fa5"',
  leaf: 'style="filled,bold", fillcolor="#fdebd0", color="#c8741a"',
  constant: 'style="filled,dashed", fillcolor="#f7f7f7", color="#999999"',
} as const;

function dotText(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}

/** A tape in the language of Graphviz: `dot -Tsvg tape.dot -o tape.svg` draws it. Formulas show as tooltips. */
export function toDot(tape: readonly TapeNode[]): string {
  const { nodes, edges } = tapeGraph(tape);
  return [
    'digraph tape {',
    '  node [shape=box, fontname="Helvetica", fontsize=11];',
    ...nodes.map((node) => {
      const label = labelLines(node).map(dotText).join('\\n');
      const tooltip = dotText(node.formula ?? node.name);
      return `  ${node.id} [label="${label}", tooltip="${tooltip}", ${dotStyles[node.kind]}];`;
    }),
    ...edges.map(({ from, to }) => `  ${from} -> ${to};`),
    '}',
    '',
  ].join('\n');
}
