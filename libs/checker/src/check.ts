// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { createHash } from 'node:crypto';
import { Prover, type Bounds } from './bounds.js';
import { checkPoint } from './check-point.js';
import { fail, NotProven, type Outcome } from './outcome.js';
import { casesOf, type Case } from './property.js';
import { networkOf } from './read-network.js';
import { document, list, numbers, record, refuse, textOf, whole } from './refusal.js';
import { TreeWalk } from './tree.js';

/** The bytes of the three files, unpacked. */
export interface Files {
  readonly certificate: Uint8Array;
  readonly network: Uint8Array;
  readonly property: Uint8Array;
}

/** @throws Refusal if a file is none that the checker can read */
export function checkCertificate({ certificate, network, property }: Files): Outcome {
  const { format, version, verdict, point, proofs, ...hashes } = document(certificate);
  if (format !== 'mipnet certificate' || version !== 2) refuse('the certificate is none of version 2');
  const cases = casesOf(textOf(property, 'the property'));
  try {
    for (const [name, bytes] of Object.entries({ network, property }))
      if (hashes[name] !== createHash('sha256').update(bytes).digest('hex'))
        fail(`it is about another ${name}: the SHA-256 differs`);
    const prover = new Prover(networkOf(network));
    const { inputs, outputs } = prover.network;
    for (const { lower, rows } of cases)
      if (lower.length !== inputs || rows.some(({ coefficients }) => coefficients.length !== outputs.length))
        refuse('the property has other inputs or outputs than the network');
    if (verdict === 'adversarial') return checkPoint(prover, cases, numbers(point, 'point'));
    if (verdict !== 'robust') refuse("the certificate's verdict is neither robust nor adversarial");
    return checkProofs(prover, cases, list(proofs, 'proofs'));
  } catch (error) {
    if (error instanceof NotProven) return { isAccepted: false, reason: error.message };
    throw error;
  }
}

/** No input of any case's box has outputs for which all of its rows hold. */
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
    for (const [count, value] of list(tree, 'tree').entries()) {
      const [node, part] = [record(value, 'a node'), walk.next()];
      walk.prepare(part, node);
      if (node.rows === undefined) walk.split(part, node);
      else {
        const bound = walk.boundOf(part, node);
        if (!(bound > 0)) fail(`case ${at}, node ${count}: its bound ${bound} excludes nothing`);
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
