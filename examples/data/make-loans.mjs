// Writes two tables of invented loans for the tutorial "your own table":
//
//     node examples/data/make-loans.mjs FOLDER
//
// FOLDER/loans.csv      600 loans with a class column, `repaid`; some cells are empty
// FOLDER/applicants.csv 12 applications without that column, and with the columns in another order

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
if (folder === undefined || folder.startsWith('-')) {
  console.error('usage: node examples/data/make-loans.mjs FOLDER');
  process.exit(2);
}

let state = 20_240_206;
/** From 0 to 1; the same numbers on every machine. */
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
/** About normally distributed, with mean 0 and deviation 1. */
const normal = () => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
const pick = (values) => values[Math.floor(random() * values.length)];

const jobs = { clerk: 0, engineer: 0.8, nurse: 0.5, student: -1, retired: 0.3 };

function loan() {
  const age = Math.round(19 + 60 * random());
  const job = age > 66 ? 'retired' : age < 25 ? pick(['student', 'clerk']) : pick(['clerk', 'engineer', 'nurse']);
  const income = Math.round(Math.max(900, 2600 + 700 * jobs[job] + 600 * normal()));
  const amount = Math.round(500 + 19_500 * random() ** 2);
  const months = pick([6, 12, 24, 36, 48]);
  const arrears = Math.max(0, Math.floor(1.2 * normal()));
  const burden = amount / months / income;
  const merit = 1.4 - 4 * burden - 0.9 * arrears + 0.6 * jobs[job] + 0.6 * normal();
  return {
    age,
    job: random() < 0.04 ? '' : job,
    income: random() < 0.06 ? '' : income,
    amount,
    months,
    arrears,
    repaid: merit > 0 ? 'yes' : 'no',
  };
}

function write(file, columns, rows) {
  writeFileSync(
    join(folder, file),
    [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((cells) => `${cells.join(',')}\n`).join(''),
  );
}

mkdirSync(folder, { recursive: true });
write(
  'loans.csv',
  ['age', 'job', 'income', 'amount', 'months', 'arrears', 'repaid'],
  Array.from({ length: 600 }, loan),
);
write('applicants.csv', ['amount', 'months', 'income', 'arrears', 'age', 'job'], Array.from({ length: 12 }, loan));
