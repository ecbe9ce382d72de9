import { readFileSync, writeFileSync } from 'node:fs';
import { renderOperations } from './operations-page.ts';

/** `npm run docs`: writes docs/ops.md from the table of operations. */
const page = new URL('ops.md', import.meta.url);
const text = renderOperations();
if (readFileSync(page, { encoding: 'utf8', flag: 'a+' }) !== text) writeFileSync(page, text);
