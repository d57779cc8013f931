// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { createHash } from 'node:crypto';
import { Prover, type Bounds } from './bounds.js';
import { graphOf } from './graph.js';
import { readOnnxFile } from './onnx-file.js';
import { casesOf, type Case, type Row } from './property.js';
import { list, numbers, record, refuse, whole } from './refusal.js';
import { TreeWalk } from './tree-walk.js';

export type Outcome =
  | { readonly isAccepted: true; readonly verdict: 'robust'; readonly cases: number; readonly leaves: number }
  /** `isCertain`: the rows hold by more than float32 can lose; otherwise a replay in the ONNX runtime decides. */
  | { readonly isAccepted: true; readonly verdict: 'adversarial'; readonly isCertain: boolean }
  | { readonly isAccepted: false; readonly reason: string };

/** The bytes of the three files, unpacked. */
export interface Files {
  readonly certificate: Uint8Array;
  readonly network: Uint8Array;
  readonly property: Uint8Array;
}

/** A step of the walk that the certificate does not justify. */
class NotProven extends Error {}

const fail = (why: string): never => {
  throw new NotProven(why);
};

/** @throws Refusal if a file is none that the checker can read */
export function checkCertificate({ certificate, network, property }: Files): Outcome {
  const text = (bytes: Uint8Array, what: string): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return refuse(`${what} is no text`);
    }
  };
  const document = record(parsed(text(certificate, 'the certificate')), 'the certificate');
  if (document.format !== 'mipnet certificate' || document.version !== 1)
    refuse('the certificate is none of version 1');
  const cases = casesOf(text(property, 'the property'));
  try {
    for (const [name, bytes] of Object.entries({ network, property }))
      if (document[name] !== createHash('sha256').update(bytes).digest('hex'))
        fail(`it is about another ${name}: the SHA-256 differs`);
    const prover = new Prover(graphOf(readOnnxFile(network)));
    const [inputs, outputs] = [prover.graph.sizes[0], prover.graph.sizes.at(-1)!];
    const other = cases.find(
      (one) => one.lower.length !== inputs || one.rows.some(({ coefficients }) => coefficients.length !== outputs),
    );
    if (other) refuse('the property has other inputs or outputs than the network');
    if (document.verdict === 'adversarial') return checkPoint(prover, cases, numbers(document.point, 'point'));
    if (document.verdict !== 'robust') refuse("the certificate's verdict is neither robust nor adversarial");
    return checkProofs(prover, cases, list(document.proofs, 'proofs'));
  } catch (error) {
    if (error instanceof NotProven) return { isAccepted: false, reason: error.message };
    throw error;
  }
}

/** The case holds at the point, by a forward pass in float64. */
function checkPoint(prover: Prover, cases: readonly Case[], point: Float64Array): Outcome {
  if (point.length !== prover.graph.sizes[0]) fail('the point has another number of inputs');
  if (!point.every((x) => Math.fround(x) === x)) fail('the point has a number that is no float32');
  const outputs = prover.forward(point);
  const holds = ({ coefficients, constant, isStrict }: Row) => {
    const value = coefficients.reduce((sum, factor, j) => sum + factor * outputs[j], constant);
    return isStrict ? value > 0 : value >= 0;
  };
  const inside = cases.filter(({ lower, upper }) => point.every((x, i) => lower[i] <= x && x <= upper[i]));
  const violated = inside.filter(({ rows }) => rows.every(holds));
  if (violated.length === 0)
    fail(inside.length === 0 ? 'the point lies in the box of no case' : 'the outputs at the point satisfy no case');
  const bounds = prover.onBox(point, point);
  const isCertain = violated.some(({ rows }) =>
    rows.every(
      ({ coefficients, constant }) =>
        prover.least(bounds, prover.graph.layers.length - 1, coefficients, []) + constant >
        2 ** -50 * Math.abs(constant),
    ),
  );
  return { isAccepted: true, verdict: 'adversarial', isCertain };
}

function checkProofs(prover: Prover, cases: readonly Case[], proofs: readonly unknown[]): Outcome {
  const proven = new Set<number>();
  let leaves = 0;
  let latest: { readonly of: Case; readonly bounds: Bounds } | undefined;
  for (const proof of proofs) {
    const { case: number, tree } = record(proof, 'a proof');
    const at = whole(number, cases.length, 'case');
    const one = cases[at];
    if (latest === undefined || !areSame(latest.of.lower, one.lower) || !areSame(latest.of.upper, one.upper))
      latest = { of: one, bounds: prover.onBox(one.lower, one.upper) };
    const walk = new TreeWalk(prover, latest.bounds, one.rows);
    for (const [number, node] of list(tree, 'tree').entries()) {
      const found = record(node, 'a node');
      const part = walk.next();
      walk.prepare(part, found);
      if (found.input !== undefined || found.unit !== undefined) walk.split(part, found);
      else {
        const bound = walk.boundOf(part, found);
        if (!(bound > 0)) fail(`case ${at}, node ${number}: its bound ${bound} excludes nothing`);
        leaves++;
      }
    }
    if (!walk.isDone) fail(`case ${at}: the tree ends before all parts of the box are covered`);
    proven.add(at);
  }
  // A case whose box is empty needs no proof.
  const missing = cases.findIndex(
    ({ lower, upper }, at) => !proven.has(at) && lower.every((low, i) => low <= upper[i]),
  );
  if (missing >= 0) fail(`case ${missing} has no proof`);
  return { isAccepted: true, verdict: 'robust', cases: cases.length, leaves };
}

const areSame = (one: Float64Array, other: Float64Array): boolean => one.every((value, i) => value === other[i]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('the certificate is no JSON document');
  }
}
