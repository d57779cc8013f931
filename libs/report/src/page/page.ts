// Tested by page.int.test.ts.
import { asHtml, html, type Html } from './html.js';
import { reloadScript } from './reload-script.js';
import { sortScript } from './sort-script.js';
import { style } from './style.js';

/** A part of a page with a heading. */
export interface Section {
  readonly title: string;
  readonly body: Html;
}

export interface Page {
  readonly title: string;
  readonly badge: string;
  readonly subtitle: string;
  /** Below the title, before the first heading. */
  readonly head: Html;
  readonly sections: readonly (Section | null)[];
  /** Of a page that is written again while its run works: seconds until a browser loads it again. */
  readonly refreshSeconds?: number;
}

/** Nothing is loaded from anywhere, and what a run calls itself cannot make it so. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** An HTML document in one file: it refers to no other file, and everything can be read without its script. */
export function page({ title, badge, subtitle, head, sections, refreshSeconds }: Page): string {
  const shown = sections.filter((section) => section !== null);
  const [before, after] = String(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta http-equiv="Content-Security-Policy" content="${policy}" />
          ${refreshSeconds === undefined ? '' : html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}" /></noscript>`}
          <title>${title} – mipnet</title>
          ${style}
        </head>
        <body>
          <header>
            <h1>${title} <span class="badge">${badge}</span></h1>
            <p class="soft">${subtitle}</p>
            ${
              shown.length < 3
                ? ''
                : html`<nav aria-label="Sections">
                    <ul>
                      ${shown.map((section) => html`<li><a href="#${idOf(section)}">${section.title}</a></li> `)}
                    </ul>
                  </nav>`
            }
          </header>
          <main>${head} ${asHtml(bodyMark)}</main>
          ${sortScript} ${refreshSeconds === undefined ? '' : reloadScript(refreshSeconds)}
        </body>
      </html> `,
  ).split(bodyMark);
  return [before, ...shown.map((section) => String(sectionHtml(section))), after].join('');
}

const bodyMark = '<!-- body -->';

const idOf = ({ title }: Section): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

const sectionHtml = (section: Section): Html =>
  html`<section aria-labelledby="${idOf(section)}">
    <h2 id="${idOf(section)}">${section.title}</h2>
    ${section.body}
  </section> `;

export const tiles = (facts: readonly (readonly [value: string, label: string])[]): Html =>
  html`<div class="tiles">
    ${facts.map(([value, label]) => html`<div class="tile"><b>${value}</b><span>${label}</span></div>`)}
  </div>`;

/** A table of facts: what, and its value. Null facts are left out. */
export const facts = (rows: readonly (readonly [what: string, value: Html | string] | null)[]): Html =>
  html`<table class="facts">
    <tbody>
      ${rows
        .filter((row) => row !== null)
        .map(
          ([what, value]) =>
            html`<tr>
              <th scope="row">${what}</th>
              <td>${value}</td>
            </tr> `,
        )}
    </tbody>
  </table>`;

/** `begun 2026-01-02 03:04:05 UTC` from ISO 8601. */
export const timeText = (iso: string): string => iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
