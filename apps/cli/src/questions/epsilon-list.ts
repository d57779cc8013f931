import { CliError } from '../program/cli-error.js';
import { amountIn, type Amount } from './epsilon.js';

// `--epsilons`: several distances in one run, each for every input, the smallest first.
//
//     0.01,0.02,0.05    8/255,16/255    0.1sd,0.5sd
//     0.01..0.1:10      ten of them, at equal steps

/** One of several distances. */
export interface ListedEpsilon {
  /** As `--epsilon` takes it. */
  readonly text: string;
  readonly value: number;
}

const most = 1000;

/** @throws CliError 'bad-input' for a list that is not ascending, or mixes units */
export function epsilonList(text: string): readonly ListedEpsilon[] {
  const amounts = text.includes('..') ? spaced(text) : text.split(',').map((part) => amountAt(part, text));
  if (amounts.length > most) throw refuse(text, `it gives ${amounts.length} distances, more than ${most}`);
  amounts.forEach(({ value, unit }, at) => {
    if (at === 0) return;
    const before = amounts[at - 1];
    if (unit !== before.unit) throw refuse(text, 'it mixes standard deviations and other distances');
    if (!(value > before.value)) throw refuse(text, 'each distance must be larger than the one before it');
  });
  return amounts.map(({ value, unit }) => ({ text: `${value}${unit === 'sd' ? 'sd' : ''}`, value }));
}

/** `FROM..TO:COUNT` */
function spaced(text: string): readonly Amount[] {
  const match = /^([^.:]*(?:\.[^.:]+)?)\.\.([^:]*):(\d{1,6})$/.exec(text.trim());
  if (match === null) throw refuse(text, 'it is neither a list nor FROM..TO:COUNT');
  const [from, to] = [amountAt(match[1], text), amountAt(match[2], text)];
  const count = Number(match[3]);
  if (from.unit !== to.unit) throw refuse(text, 'it mixes standard deviations and other distances');
  if (count < 2 || count > most) throw refuse(text, `COUNT is from 2 to ${most}`);
  const at = (k: number): number => from.value + ((to.value - from.value) * k) / (count - 1);
  // Of 0.1 + 0.2 a person expects 0.3.
  return Array.from({ length: count }, (_, k) => ({ value: Number(at(k).toPrecision(12)), unit: from.unit }));
}

function amountAt(part: string, text: string): Amount {
  const amount = amountIn(part);
  if (amount !== undefined) return amount;
  throw refuse(text, `'${part.trim()}' is no distance`);
}

const refuse = (text: string, why: string): CliError =>
  new CliError(
    'bad-input',
    `--epsilons ${text}: ${why}; give ascending distances such as 0.01,0.02,0.05 or 0.01..0.1:10 (of a table also 0.1sd)`,
  );
