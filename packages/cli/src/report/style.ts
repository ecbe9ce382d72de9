/** The style sheet of the report page: light and dark, phone to wide screen, and paper. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f8f7f3; --surface: #ffffff; --ink: #1b2127; --muted: #5d6770; --line: #e4e2db; --faint: #c9cdd2;
  --held-out: #0b7a70; --train: #c2570c; --tint: #e6f2f0;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Charter, Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #111316; --surface: #1a1d22; --ink: #e4e7ea; --muted: #9aa4ae; --line: #2d3239; --faint: #4a515a;
    --held-out: #4fc9b8; --train: #f0a15f; --tint: #16302d;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 var(--sans); }
.page { max-width: 1120px; margin: 0 auto; padding: clamp(1.5rem, 5vw, 4rem) clamp(1rem, 4vw, 2.5rem) 3rem; }
h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.15; text-wrap: balance; margin: 0; }
h1 { font-size: clamp(1.9rem, 5vw, 2.9rem); letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.45rem; margin: 3.2rem 0 0.4rem; }
h2 + p { margin: 0 0 1.2rem; }
p { max-width: 68ch; }
.muted, h2 + p { color: var(--muted); }
.kicker {
  margin: 0 0 0.7rem; color: var(--held-out); font-size: 0.78rem; font-weight: 600;
  letter-spacing: 0.11em; text-transform: uppercase;
}
.facts { display: flex; flex-wrap: wrap; gap: 0.2rem 1.6rem; margin: 0.9rem 0 0; padding: 0; list-style: none; color: var(--muted); }
.facts strong { color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: 1.5fr repeat(5, 1fr); margin: 2.4rem 0 0; }
.figures div { display: flex; flex-direction: column; padding: 1rem 1.1rem; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.figures div:first-child { background: var(--tint); border-color: var(--held-out); border-radius: 3px; }
.figures dt { color: var(--muted); font-size: 0.84rem; }
.figures dd { margin: 0; }
.figures .value {
  font-family: var(--serif); font-size: 1.65rem; line-height: 1.3; white-space: nowrap;
  font-variant-numeric: lining-nums tabular-nums; letter-spacing: -0.01em;
}
.figures div:first-child .value { font-size: 2.3rem; line-height: 1.15; color: var(--held-out); }
.figures .unit { color: var(--muted); font-size: 0.8rem; }
.notes { margin: 1.6rem 0 0; padding: 0.8rem 1.1rem; border-left: 3px solid var(--train); background: var(--surface); }
.notes ul { margin: 0; padding-left: 1.1rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 1.4rem; }
.three, .four { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1.4rem; margin-top: 1.4rem; }
.four { grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); }
figure { margin: 0; padding: 1.1rem; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; min-width: 0; }
figcaption { color: var(--muted); font-size: 0.88rem; line-height: 1.45; }
figcaption strong { display: block; color: var(--ink); font-size: 1rem; }
figure > :not(figcaption) { display: block; margin-top: 0.9rem; }
figure img { max-width: 100%; height: auto; margin-inline: auto; border-radius: 3px; }
.wide { margin-top: 1.4rem; }
svg.chart { width: 100%; height: auto; font-family: var(--sans); color: var(--muted); overflow: visible; }
.key { display: flex; gap: 1.4rem; margin: 0 0 1rem; padding: 0; list-style: none; color: var(--ink); }
.key li::before {
  content: ""; display: inline-block; width: 1.5em; margin-right: 0.45em; vertical-align: 0.28em;
  border-top: 2.5px solid var(--held-out);
}
.key li.train::before { border-top: 2.5px dashed var(--train); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 0.42rem 0.9rem 0.42rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 400; color: var(--muted); }
td { overflow-wrap: anywhere; }
.settings { columns: 2 380px; column-gap: 3rem; margin: 0; }
.settings div { display: flex; gap: 1rem; justify-content: space-between; padding: 0.42rem 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
.settings dt { color: var(--muted); }
.settings dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
.history { font-size: 0.86rem; }
.history th, .history td { text-align: right; white-space: nowrap; padding: 0.3rem 0 0.3rem 1.1rem; overflow-wrap: normal; }
.figures-table :is(th, td):nth-child(n + 2) { text-align: right; white-space: nowrap; padding: 0.42rem 0 0.42rem 1.4rem; }
.run { color: var(--ink); overflow-wrap: anywhere; }
.swatch { width: 0.7em; height: 0.7em; margin-right: 0.45em; }
.runs { display: flex; flex-wrap: wrap; gap: 0.3rem 1.6rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.checks { font-size: 0.92rem; }
.checks :is(th, td):nth-child(n + 3) { text-align: right; white-space: nowrap; padding: 0.42rem 0 0.42rem 1.4rem; }
.holds { color: var(--held-out); }
.fails { color: var(--train); font-weight: 700; }
.thumbnails { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 1rem; margin-top: 1.2rem; }
.thumbnails img { width: 100%; image-rendering: pixelated; }
details { margin-top: 1.4rem; }
summary { cursor: pointer; color: var(--held-out); }
.commands dt { margin-top: 1rem; }
.commands dd { margin: 0.3rem 0 0; }
pre {
  margin: 0; padding: 0.75rem 1rem; overflow-x: auto; background: var(--surface); border: 1px solid var(--line);
  border-radius: 6px; font: 0.88rem/1.5 var(--mono);
}
.terms { columns: 2 380px; column-gap: 3rem; margin: 1rem 0 0; }
.terms div { break-inside: avoid; padding-bottom: 1rem; }
.terms dt { font-family: var(--serif); font-weight: 600; font-size: 1.05rem; }
.terms dd { margin: 0.1rem 0 0; color: var(--muted); font-size: 0.94rem; }
footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.85rem; }
@media (max-width: 940px) {
  .figures { grid-template-columns: repeat(5, 1fr); }
  .figures div:first-child { grid-column: 1 / -1; }
  .three { grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); }
}
@media (max-width: 620px) {
  body { font-size: 15px; }
  h2 { margin-top: 2.4rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figures div { padding-inline: 0.6rem; }
  .figures div:last-child { grid-column: 1 / -1; }
  figure { padding: 0.8rem; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --surface: #ffffff; --ink: #000000; --muted: #444444; --line: #cccccc; --faint: #bbbbbb;
    --held-out: #0b7a70; --train: #c2570c; --tint: #ffffff;
  }
  body { font-size: 10.5pt; }
  .page { max-width: none; padding: 0; }
  .pair { grid-template-columns: 1fr 1fr; }
  .figures { grid-template-columns: 1.5fr repeat(5, 1fr); }
  h2 { break-after: avoid; }
  figure, pre { break-inside: avoid; }
  pre { white-space: pre-wrap; }
  details:not([open]) { display: none; }
  @page { margin: 16mm; }
}
`;
