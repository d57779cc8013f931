// Tested by ../certificate/certificate.unit.test.ts.
import { casesOf, checkCertificate, networkOf, Prover, type Node, type Outcome } from '@mipnet/checker';
import { seededRandom, type Random } from '@mipnet/dataset';
import { forward, fromOnnx } from '@mipnet/network';
import { encodeCertificate, robustCertificate, type CertificateFiles, type Proof } from '../certificate/certificate.js';
import { certify } from '../certificate/certify.js';
import { growTree } from '../certificate/grow-tree.js';
import { vnnlibText } from '../certificate/vnnlib-text.js';
import { openOnnxRuntime } from '../onnx-runtime.js';
import { query } from '../query.js';
import { boxRegion } from '../region.js';
import { randomGraph } from './random-graph.js';

export const bytesOf = (text: string) => new TextEncoder().encode(text);

export function checked(files: CertificateFiles, proofs: readonly Proof[]): Outcome {
  const certificate = encodeCertificate(robustCertificate(files, proofs), 'c.json');
  return checkCertificate({ certificate, network: files.network, property: bytesOf(files.property) });
}

/** Is y_0 - y_1 at least `threshold` somewhere in a box? */
export function question(box: readonly [Float64Array, Float64Array], threshold: number): string {
  const row = { coefficients: Float64Array.of(1, -1), constant: -threshold };
  return vnnlibText(query(boxRegion(...box), [[row]]));
}

export async function grown(
  { network, property }: CertificateFiles,
  most: number,
): Promise<readonly Node[] | undefined> {
  const prover = new Prover(networkOf(network));
  const [{ lower, upper, rows }] = casesOf(property);
  let steps = 0;
  const tree = await growTree(prover, prover.onBox(lower, upper), rows, { stopped: () => ++steps > most });
  return tree?.nodes;
}

export interface Drawn {
  readonly bytes: Uint8Array;
  readonly box: readonly [Float64Array, Float64Array];
  /** float32 numbers of the box: corners and points inside. */
  readonly points: readonly Float64Array[];
  /** Of y_0 - y_1 at the points, by mipnet's forward pass and by the ONNX runtime. */
  readonly largest: number;
  readonly span: number;
}

export async function draw(random: Random): Promise<Drawn> {
  const { bytes, inputs } = randomGraph(random);
  const lower = Float64Array.from({ length: inputs }, () => Math.fround(random.uniform() - 0.7));
  const upper = lower.map((low) => Math.fround(low + (random.integer(5) === 0 ? 0 : random.uniform())));
  const points = Array.from({ length: 200 }, (_, k) =>
    lower.map((low, i) => {
      const share = k < 100 ? random.integer(2) : random.uniform();
      return Math.min(upper[i], Math.max(low, Math.fround(low + share * (upper[i] - low))));
    }),
  );
  const network = fromOnnx(bytes);
  const runtime = await openOnnxRuntime(bytes);
  const all = Float32Array.from(points.flatMap((point) => [...point]));
  const both = [forward(network, Float64Array.from(all), points.length), await runtime.runBatch(all, points.length)];
  const values = both.flatMap((outputs) => points.map((_, k) => outputs[2 * k] - outputs[2 * k + 1]));
  await runtime.release();
  const [largest, least] = [Math.max(...values), Math.min(...values)];
  return { bytes, box: [lower, upper], points, largest, span: largest - least };
}

export interface CertificateCase {
  readonly verdict: string;
  /** Whether a robust certificate was written. */
  readonly isCertified: boolean;
  /** What is wrong; empty if all is well. */
  readonly faults: readonly string[];
}

/**
 * A random network with two questions about a box: one whose answer samples know, which must not be called robust, and
 * one a little beyond all samples, whose certificate the checker must accept, and must refuse for the first question.
 */
export async function certificateCase(seed: number): Promise<CertificateCase> {
  const random = seededRandom(seed, 'certificate cases');
  const { bytes: network, box, largest, span } = await draw(random);
  const faults: string[] = [];
  const end = performance.now() + 2000;
  const limits = { remaining: () => (end - performance.now()) / 1000, stopped: () => false };
  const [violated, asked] = [largest, largest + 1e-4 + 0.1 * span * random.uniform()].map(
    (threshold): CertificateFiles => ({ network, property: question(box, threshold) }),
  );
  const wrong = await certify(violated, limits);
  if (wrong.verdict.verdict === 'robust') faults.push('a question with a witness was called robust');
  const { verdict, certificate } = await certify(asked, limits);
  const isCertified = certificate?.verdict === 'robust';
  if (certificate !== undefined) {
    const files = { network, property: bytesOf(asked.property), certificate: encodeCertificate(certificate, '') };
    const outcome = checkCertificate(files);
    if (!outcome.isAccepted) faults.push(`rejected: ${outcome.reason}`);
    if (isCertified && checked(violated, certificate.proofs).isAccepted) faults.push('accepted for a wrong question');
  }
  return { verdict: verdict.verdict, isCertified, faults };
}
