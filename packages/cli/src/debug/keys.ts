/** A key, as Node's readline tells of it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

export type Command = 'next' | 'previous' | 'first' | 'last' | 'suspect' | 'help' | 'quit' | 'interrupt';

const commands: Readonly<Record<string, Command>> = {
  right: 'next',
  down: 'next',
  n: 'next',
  space: 'next',
  return: 'next',
  left: 'previous',
  up: 'previous',
  p: 'previous',
  home: 'first',
  g: 'first',
  end: 'last',
  G: 'last',
  w: 'suspect',
  '?': 'help',
  h: 'help',
  q: 'quit',
  escape: 'quit',
};

/** What a key asks for; undefined for one that means nothing here. */
export function commandOf({ name, sequence, ctrl, shift }: Key): Command | undefined {
  if (ctrl) return name === 'c' ? 'interrupt' : undefined;
  const letter = shift && name?.length === 1 ? name.toUpperCase() : name;
  return commands[letter ?? sequence ?? ''] ?? commands[sequence ?? ''];
}

export const keyHelp: readonly (readonly [keys: string, meaning: string])[] = [
  ['→  n  space', 'the next step: backwards along the tape, towards the leaves'],
  ['←  p', 'the step before'],
  ['g  G', 'the first step, the last step'],
  ['w', 'the next step with a wrong rule, NaN or infinities'],
  ['?', 'this help'],
  ['q', 'quit'],
];
