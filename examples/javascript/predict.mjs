// Applies a network that mipnet trained to a table, with onnxruntime-web and csv-parse alone; also in a browser.
//
//   npm install onnxruntime-web csv-parse
//   node predict.mjs NET.onnx ROWS.csv > predictions.csv
//
// The file scales, clips and fills the numbers by itself. Which column is which input, and which values of text columns
// there are, is in its metadata. The runtime does not show metadata, so this program reads it from the file's bytes.
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import * as ort from 'onnxruntime-web';

const usuallyMissing = new Set(['', '?', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'NULL', 'null', 'None', '<NA>', '#N/A']);

/** The metadata of an ONNX file: field 14 of the model, a key (field 1) and a value (field 2) each. */
function metadataOf(bytes) {
  const number = (at) => {
    let value = 0;
    let shift = 1;
    for (; bytes[at] >= 128; at++, shift *= 128) value += (bytes[at] - 128) * shift;
    return [value + bytes[at] * shift, at + 1];
  };
  /** The fields between two places that have a length (texts and messages): their number and content. */
  function* fields(at, end) {
    while (at < end) {
      const [tag, next] = number(at);
      const [value, after] = number(next);
      if (tag % 8 === 2) yield [tag >>> 3, after, after + value];
      at = tag % 8 === 2 ? after + value : tag % 8 === 0 ? after : next + (tag % 8 === 1 ? 8 : 4);
    }
  }
  const text = (from, to) => new TextDecoder().decode(bytes.subarray(from, to));
  const entries = [...fields(0, bytes.length)].filter(([field]) => field === 14);
  return Object.fromEntries(entries.map(([, from, to]) => [...fields(from, to)].map(([, a, b]) => text(a, b))));
}

const [network, path] = process.argv.slice(2);
const bytes = readFileSync(network);
const metadata = metadataOf(bytes);
const { columns, reading = {} } = JSON.parse(metadata['mipnet.columns']);
const missing = reading.missing ? new Set(['', ...reading.missing.map(String)]) : usuallyMissing;
const rows = parse(readFileSync(path), { columns: true, trim: true, bom: true, delimiter: [',', ';', '\t'] });

const inputs = rows.map((row) =>
  columns.flatMap(({ kind, name, values, format }) => {
    const cell = row[name];
    if (kind === 'number')
      return [missing.has(cell) ? NaN : Number(cell.replace('%', '').replace(format?.decimal ?? '.', '.'))];
    const value = missing.has(cell) ? '?' : cell;
    return values.map((known) => (known === value ? 1 : 0));
  }),
);

const session = await ort.InferenceSession.create(bytes);
const x = new ort.Tensor('float32', Float32Array.from(inputs.flat()), [rows.length, inputs[0].length]);
const { data, dims } = (await session.run({ [session.inputNames[0]]: x }))[session.outputNames[0]];
const classes = metadata['mipnet.classes'] ? JSON.parse(metadata['mipnet.classes']) : metadata.classes.split(',');
console.log(`prediction,${dims[1] === 1 ? 'score' : classes.map((name) => `score_${name}`).join(',')}`);
for (let row = 0; row < rows.length; row++) {
  const scores = [...data.subarray(row * dims[1], (row + 1) * dims[1])];
  const best = dims[1] === 1 ? Number(scores[0] >= Number(metadata['mipnet.threshold'] ?? 0)) : indexOfLargest(scores);
  console.log([classes[best], ...scores].join(','));
}

function indexOfLargest(scores) {
  return scores.indexOf(Math.max(...scores));
}
