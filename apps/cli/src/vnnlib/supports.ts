// Tested by ../e2e/vnnlib.e2e.test.ts.
import { newestOpset, oldestOpset } from '@mipnet/network';
import { CliError } from '../program/cli-error.js';
import { claimedOperators } from './claimed-operators.js';

/** What `mipnet-vnnlib supports` answers, a line each: the capabilities of chapter 5 of the VNN-LIB 2.0 standard. */
const capabilities: Readonly<Record<string, readonly string[]>> = {
  '--onnx-opset-versions': [String(oldestOpset), String(newestOpset)],
  '--onnx-element-types': ['float32', 'float64', 'real'],
  '--onnx-operators': claimedOperators,
  '--vnnlib-versions': ['1.0', '2.0'],
  '--hidden-node-theories': ['NH', 'H'],
  '--multiple-input-output-theories': ['SIO', 'MIO'],
  '--multiple-network-theories': ['SNET', 'MENET', 'MNET'],
  '--multiple-node-comparison-theories': ['SNC', 'MNC'],
  '--arithmetic-complexity-theories': ['BND', 'OUTC', 'LIN'],
  // A property becomes one question for each case of its disjunctive normal form.
  '--optimised-disjunctive-reasoning': ['false'],
  '--serialise-assignments': ['false'],
  '--unsat-proofs': ['false'],
};

/** @throws CliError 'bad-input' for an unknown one */
export function supports(capability: string | undefined): string {
  const lines = capability === undefined || !Object.hasOwn(capabilities, capability) ? [] : capabilities[capability];
  if (lines.length === 0)
    throw new CliError('bad-input', `supports takes one of ${Object.keys(capabilities).join(', ')}`);
  return `${lines.join('\n')}\n`;
}
