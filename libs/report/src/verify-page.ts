import { html } from './html.js';
import { duration, number } from './numbers.js';
import { page, section, tiles } from './page.js';

const verdicts = ['robust', 'adversarial', 'misclassified', 'unresolved'] as const;

/** One question of a verification and its verdict. */
export interface VerdictRow {
  /** `image 7`, or the property. */
  readonly name: string;
  readonly label: string | null;
  readonly verdict: (typeof verdicts)[number];
  /** The step that decided it: bounds, attack, mip. */
  readonly by: string | null;
  /** Certified lower bound; infinite if nothing is unsafe. */
  readonly bound: number | null;
  readonly best: number | null;
  readonly seconds: number;
}

export interface VerifyPage {
  readonly run: string;
  readonly status: string;
  /** ISO 8601 */
  readonly startedAt: string;
  /** The request, as facts. */
  readonly asked: readonly (readonly [string, string])[];
  readonly rows: readonly VerdictRow[];
  /** How many questions nobody came to. */
  readonly unanswered: number;
  /** Of solvers. */
  readonly seconds: number;
  readonly commands: readonly string[];
}

/** One self-contained HTML document about a verification. */
export function verifyPage({ run, status, startedAt, asked, rows, unanswered, seconds, commands }: VerifyPage): string {
  const counts = verdicts.map((name) => [String(rows.filter(({ verdict }) => verdict === name).length), name] as const);
  const value = (of: number | null): string => (of === Infinity ? 'nothing is unsafe' : number(of));
  const table = html`<table class="wide">
    <thead>
      <tr>
        <th>question</th>
        <th>class</th>
        <th>verdict</th>
        <th>by</th>
        <th class="n">bound</th>
        <th class="n">best seen</th>
        <th class="n">time</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ name, label, verdict, by, bound, best, seconds: spent }) =>
          html`<tr>
            <td>${name}</td>
            <td>${label ?? ''}</td>
            <td>${verdict}</td>
            <td>${by ?? ''}</td>
            <td class="n">${value(bound)}</td>
            <td class="n">${number(best)}</td>
            <td class="n">${duration(spent)}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
  return page({
    title: run,
    badge: status,
    subtitle: `verification, begun ${startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}`,
    body: html`${tiles([...counts, ...(unanswered > 0 ? [[String(unanswered), 'not looked at'] as const] : []), [duration(seconds), 'of solvers']])}
    ${section(
      'Questions',
      html`<table>
        <tbody>
          ${asked.map(
            ([what, said]) =>
              html`<tr>
                <th>${what}</th>
                <td>${said}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}
    ${section(
      'Verdicts',
      html`${table}
        <p class="soft">
          Robust: proven for the ONNX runtime's float32, the bound is certified. Adversarial: a witness was replayed in
          the ONNX runtime. Misclassified: the input itself is. Unresolved: neither within the limits.
        </p>`,
    )}
    ${section('Ask again', html`<pre>${commands.join('\n')}</pre>`)}`,
  });
}
