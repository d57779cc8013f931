// Tested by train-page.unit.test.ts.
import { relativeGap } from '@mipnet/recursion';
import { html, type Html } from './html.js';
import { duration, number, percent } from './numbers.js';

/** One node below the root of a run. */
export interface SubproblemRow {
  /** 0 directly below the root. */
  readonly depth: number;
  readonly name: string;
  /** optimal, feasible, unresolved, failed; of a divided node, how many of each. */
  readonly status: string;
  readonly objective: number | null;
  readonly bound: number | null;
  /** Of solvers. */
  readonly seconds: number;
}

/** @param leftOff how many more there were */
export function subproblemTable(rows: readonly SubproblemRow[], leftOff = 0): Html {
  return html`<table class="wide">
      <thead>
        <tr>
          <th>name</th>
          <th>status</th>
          <th class="n">objective</th>
          <th class="n">bound</th>
          <th class="n">gap</th>
          <th class="n">solver time</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ depth, name, status, objective, bound, seconds }) =>
            html`<tr>
              <td style="padding-left:${0.7 + 1.4 * depth}rem">${name}</td>
              <td>${status}</td>
              <td class="n">${number(objective)}</td>
              <td class="n">${number(bound)}</td>
              <td class="n">${percent(relativeGap(objective, bound))}</td>
              <td class="n">${duration(seconds)}</td>
            </tr> `,
        )}
      </tbody>
    </table>
    ${leftOff > 0 ? html`<p class="soft">and ${leftOff} more</p>` : ''}`;
}
