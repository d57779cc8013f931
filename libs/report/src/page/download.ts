// Tested by data-table.unit.test.ts.
import { html, type Html } from './html.js';

/** A file inside the page. */
export interface Download {
  readonly name: string;
  readonly type: 'text/csv' | 'application/json' | 'text/yaml';
  readonly text: string;
}

/** Links that save files; the files are in the page, which stays one file. */
export const downloads = (files: readonly Download[]): Html =>
  html`<p class="download">
    Data:
    ${files.map(
      ({ name, type, text }) =>
        html`<a download="${name}" href="data:${type};base64,${Buffer.from(text).toString('base64')}">${name}</a> `,
    )}
  </p>`;
