// Tested by train-page.unit.test.ts.
import { html, type Html } from './html.js';
import { style } from './style.js';

export interface Page {
  readonly title: string;
  readonly badge: string;
  readonly subtitle: string;
  readonly body: Html;
}

/** An HTML document without scripts and without references to other files. */
export const page = ({ title, badge, subtitle, body }: Page): string =>
  String(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} – mipnet</title>
          ${style}
        </head>
        <body>
          <header>
            <h1>${title} <span class="badge">${badge}</span></h1>
            <p class="soft">${subtitle}</p>
          </header>
          ${body}
        </body>
      </html> `,
  );

export const section = (title: string, body: Html): Html =>
  html`<section>
    <h2>${title}</h2>
    ${body}
  </section> `;

export const tiles = (facts: readonly (readonly [value: string, label: string])[]): Html =>
  html`<div class="tiles">
    ${facts.map(([value, label]) => html`<div class="tile"><b>${value}</b><span>${label}</span></div>`)}
  </div>`;
