// Tested by certificate.unit.test.ts.
import { casesOf, checkCertificate, networkOf, Prover, Refusal, type Bounds, type Case } from '@mipnet/checker';
import { fromOnnx, inFloat32 } from '@mipnet/network';
import { boundOutputsOf, rememberedCrown } from '../bound-outputs.js';
import { openOnnxRuntime, type OnnxRuntime } from '../onnx-runtime.js';
import { over, type ProveOptions } from '../prove-options.js';
import { query, type Conjunction, type Query } from '../query.js';
import { boxRegion } from '../region.js';
import type { Verdict } from '../verdict.js';
import { VerificationError } from '../verification-error.js';
import { joined } from '../verify-property.js';
import { verifyQuery, type ProveQuery } from '../verify-query.js';
import {
  adversarialCertificate,
  encodeCertificate,
  robustCertificate,
  type Certificate,
  type CertificateFiles,
  type Proof,
} from './certificate.js';
import { growTree, type GrownTree } from './grow-tree.js';
import type { Hints } from './search-hints.js';
import { searchProof } from './search-proof.js';

export interface Certified {
  readonly verdict: Verdict;
  readonly certificate?: Certificate;
  /** Why there is none. */
  readonly reason?: string;
}

/**
 * The verdict on a property, with a certificate: only by steps that have one, so without LPs and MIPs. The question is
 * the property as the checker reads it.
 * @param files the unpacked ONNX file, and the text of the property
 * @throws VerificationError 'unsupported' if the checker does not know an operator or a formula
 */
export async function certify(
  files: CertificateFiles,
  limits: Required<Pick<ProveOptions, 'remaining' | 'stopped'>>,
): Promise<Certified> {
  const { prover, cases } = readable(files);
  const runtime = await openOnnxRuntime(files.network);
  try {
    const proofs = new Proofs(prover, cases, () => over(limits));
    const verdict = await decide(files, runtime, proofs, () => over(limits));
    return { verdict, ...(await certificateOf(files, verdict, proofs)) };
  } finally {
    await runtime.release();
  }
}

function readable({ network, property }: CertificateFiles): {
  readonly prover: Prover;
  readonly cases: readonly Case[];
} {
  try {
    return { prover: new Prover(networkOf(network)), cases: casesOf(property) };
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new VerificationError(
      'unsupported',
      `no certificate can be made: ${cause.message}; leave out --certificate`,
      {
        cause,
      },
    );
  }
}

const undecided = 'neither bounds nor branching decided it; without --certificate, a MIP is tried as well';

/** The trees of all cases, each grown once. */
class Proofs {
  readonly #trees = new Map<number, GrownTree | undefined>();
  #root: { readonly of: Case; readonly bounds: Bounds } | undefined;

  constructor(
    readonly prover: Prover,
    readonly cases: readonly Case[],
    readonly stopped: () => boolean,
  ) {}

  /** Undefined if the time was too short. */
  async of(number: number, hints: Iterable<Hints | undefined> = [undefined]): Promise<GrownTree | undefined> {
    if (this.#trees.has(number)) return this.#trees.get(number);
    const one = this.cases[number];
    if (this.#root === undefined || !isSameBox(this.#root.of, one))
      this.#root = { of: one, bounds: this.prover.onBox(one.lower, one.upper) };
    const { rows } = one;
    let tree: GrownTree | undefined;
    for (const followed of hints) {
      tree ??= await growTree(this.prover, this.#root.bounds, rows, { hints: followed, stopped: this.stopped });
      if (tree !== undefined) break;
    }
    this.#trees.set(number, tree);
    return tree;
  }

  /** Undefined unless there is one for each case that has inputs. */
  async all(): Promise<readonly Proof[] | undefined> {
    const proofs: Proof[] = [];
    for (const number of this.cases.keys()) {
      if (isEmpty(this.cases[number])) continue;
      const tree = await this.of(number);
      if (tree === undefined) return undefined;
      proofs.push({ case: number, tree: tree.nodes });
    }
    return proofs;
  }
}

const isEmpty = ({ lower, upper }: Case): boolean => lower.some((low, i) => low > upper[i]);
const isSameBox = (one: Case, other: Case): boolean =>
  one.lower.every((low, i) => low === other.lower[i] && one.upper[i] === other.upper[i]);

async function decide(
  files: CertificateFiles,
  runtime: OnnxRuntime,
  proofs: Proofs,
  stopped: () => boolean,
): Promise<Verdict> {
  const network = inFloat32(fromOnnx(files.network));
  const numbers = new Map<Conjunction, number>();
  const boundLayers = rememberedCrown(network);
  const prove: ProveQuery = async (_, open) => {
    const { hints, witness } = searchProof(network, open, boundLayers, stopped);
    if (witness !== undefined) return { robust: false, bound: null, points: [witness], by: 'branching' };
    let bound = Infinity;
    for (const [index, conjunction] of open.unsafe.entries()) {
      const tree = await proofs.of(numbers.get(conjunction)!, hints.get(index)?.());
      if (tree === undefined) return { robust: false, bound: null, points: [], reason: undecided };
      bound = Math.min(bound, tree.bound);
    }
    return { robust: true, bound, points: [], by: 'branching' };
  };
  let all: Verdict = { verdict: 'robust', by: 'empty region', bound: null, best: null, gap: null, seconds: 0 };
  for (const [index, one] of queriesOf(proofs.cases, numbers).entries()) {
    const verdict = await verifyQuery(network, runtime, one, {
      boundOutputs: boundOutputsOf(network, boundLayers),
      attack: { seed: 1, stopped },
      prove,
    });
    all = index === 0 ? verdict : joined(all, verdict);
    if (verdict.witness !== undefined) return { ...verdict, seconds: all.seconds };
  }
  return all;
}

/** The cases by their boxes; `numbers` gets the number of each conjunction's case. */
function queriesOf(cases: readonly Case[], numbers: Map<Conjunction, number>): Query[] {
  const groups: { readonly of: Case; readonly unsafe: Conjunction[] }[] = [];
  cases.forEach((one, number) => {
    if (isEmpty(one)) return;
    const conjunction = one.rows.map(({ coefficients, constant, isStrict }) => ({
      coefficients,
      constant,
      strict: isStrict,
    }));
    numbers.set(conjunction, number);
    const last = groups.at(-1);
    if (last !== undefined && isSameBox(last.of, one)) last.unsafe.push(conjunction);
    else groups.push({ of: one, unsafe: [conjunction] });
  });
  return groups.map(({ of, unsafe }) => query(boxRegion(of.lower, of.upper), unsafe));
}

async function certificateOf(
  files: CertificateFiles,
  { verdict, witness }: Verdict,
  proofs: Proofs,
): Promise<Omit<Certified, 'verdict'>> {
  if (verdict === 'robust') {
    const found = await proofs.all();
    return found === undefined
      ? { reason: "the checker's own bounds do not close the proof in the time that is left" }
      : { certificate: robustCertificate(files, found) };
  }
  if (witness === undefined) return { reason: 'the question is unresolved' };
  const certificate = adversarialCertificate(files, witness.input);
  const outcome = checkCertificate({
    certificate: encodeCertificate(certificate, ''),
    network: files.network,
    property: new TextEncoder().encode(files.property),
  });
  return outcome.isAccepted
    ? { certificate }
    : { reason: `its forward pass in float64 refuses the witness: ${outcome.reason}` };
}
