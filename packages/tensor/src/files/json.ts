/**
 * The first name that some object of a JSON text has twice, or undefined. JSON.parse keeps the last of such
 * values in silence. The text must be valid JSON; one walk over it, without recursion.
 */
export function findRepeatedName(text: string): string | undefined {
  // One entry for each open object or array: the names seen so far.
  const open: Set<string>[] = [];
  let string = '';
  for (let i = 0; i < text.length; i++) {
    switch (text[i]) {
      case '{':
      case '[':
        open.push(new Set());
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case '"': {
        const end = closingQuote(text, i);
        string = text.slice(i, end + 1);
        i = end;
        break;
      }
      case ':': {
        // Parsed, since "a" and "\u0061" are the same name.
        const name = JSON.parse(string) as string;
        const names = open.at(-1)!;
        if (names.has(name)) return name;
        names.add(name);
        break;
      }
    }
  }
  return undefined;
}

function closingQuote(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}
