// Tested by document.unit.test.ts.
import { newestOpset, oldestOpset } from '../from-onnx.js';
import { endings } from '../model-output.js';
import { refused } from './refused.js';
import { mlOperators, operators, type OperatorEntry } from './table.js';

/** docs/operators.md */
export function operatorsDocument(): string {
  return `# ONNX operators

Generated from \`libs/network/src/onnx/operators/table.ts\`; a test compares both. A model may use opset ${oldestOpset} to
${newestOpset}. A refusal names the operator, its ONNX node and what to do. [onnx-models.md](onnx-models.md) shows how to
export models that are read.

Any operator of the ONNX runtime may be applied to constants and to the dimensions of signals: the ONNX runtime computes
such parts of a graph once (constant folding), when the file is read. So weights may be stored in any type (float16,
bfloat16, int8 with DequantizeLinear and others), and shapes may be computed. Of the operators below, those that work on
the input of the network, its *signal*, are layers.

## Read

| operator | from opset | accepted | refused |
| --- | --- | --- | --- |
${rowsOf(operators)}

Of the domain \`ai.onnx.ml\`:

| operator | from version | accepted | refused |
| --- | --- | --- | --- |
${rowsOf(mlOperators)}

## At the end of a classifier

${[...endings].sort().join(', ')}.

In a question about classes (\`evaluate\`, \`predict\`, \`verify --images\` or \`--rows\`, \`encode\`) they are left out
at the end of a model, also behind Identity, Cast, Reshape, Squeeze and Flatten, and a note says so: the largest score
stays the largest. A VNN-LIB property about such a model is refused.
Of several outputs, the first one of numbers is used, and of a classifier its scores rather than its label;
\`--output NAME\` picks another output, or any other value of the graph.

## Refused

| operators | why, and what to do |
| --- | --- |
${refused.map(([names, why]) => `| ${names.split(' ').join(', ')} | ${why} |`).join('\n')}
`;
}

const rowsOf = (table: ReadonlyMap<string, OperatorEntry>): string =>
  [...table]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { since, accepts, refuses }]) => `| ${name} | ${since} | ${accepts} | ${refuses} |`)
    .join('\n');
