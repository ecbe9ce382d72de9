/** Text that is already HTML, made only by {@link html} and {@link trustedHtml}. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Interpolated = string | number | Html | readonly Html[];

/** A template of HTML: everything interpolated is escaped, unless it is itself a piece of HTML. */
export function html(strings: TemplateStringsArray, ...values: readonly Interpolated[]): Html {
  return new Html(strings.reduce((text, part, i) => text + render(values[i - 1]!) + part));
}

/** For markup that our own code has made, such as charts and style sheets. */
export function trustedHtml(text: string): Html {
  return new Html(text);
}

export const nothing = new Html('');

function render(value: Interpolated): string {
  if (value instanceof Html) return value.text;
  return typeof value === 'object' ? value.map(({ text }) => text).join('\n') : escapeHtml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe as text and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
