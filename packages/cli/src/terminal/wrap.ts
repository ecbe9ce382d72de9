/** A label and its text beside it, broken between words at fewer than `columns` characters, the text kept in its column. */
export function wrapBeside(label: string, text: string, labelWidth: number, columns = Infinity): string {
  const room = Math.max(20, columns - 1 - labelWidth);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > room && line !== '') {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return label.padEnd(labelWidth) + lines.join(`\n${' '.repeat(labelWidth)}`);
}
