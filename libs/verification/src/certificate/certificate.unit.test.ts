import { checkCertificate, networkOf, Prover, Refusal, type Node } from '@mipnet/checker';
import { seededRandom, type Random } from '@mipnet/dataset';
import { describe, expect, test } from 'vitest';
import { openOnnxRuntime } from '../onnx-runtime.js';
import { bytesOf, certificateCase, checked, draw, grown, question, type Drawn } from '../testing/certificate-case.js';
import { encodeCertificate, robustCertificate, type Certificate, type CertificateFiles } from './certificate.js';
import { certify } from './certify.js';

/** How many networks are drawn: all of them in the nightly tests. */
const share = process.env.MIPNET_NIGHTLY === '1' ? 1 : 0.25;

describe('random networks', () => {
  test('a tree that was grown is accepted; a claim that a point contradicts never is', async () => {
    let [accepted, split] = [0, 0];
    for (let seed = 0; seed < 120 * share; seed++) {
      const random = seededRandom(seed, 'certificates');
      const { bytes, box, largest, span } = await draw(random);
      const above = { network: bytes, property: question(box, largest + 1e-4 + 0.08 * span * random.uniform()) };
      const tree = await grown(above, 600);
      if (tree !== undefined) {
        expect(checked(above, [{ case: 0, tree }]), `seed ${seed}`).toMatchObject({ isAccepted: true });
        accepted++;
        if (tree.length > 1) split++;
      }
      // The largest value that was seen is itself unsafe, whatever the tree says.
      const below = { network: bytes, property: question(box, largest) };
      const wrong = await grown(below, 300);
      expect(wrong, `seed ${seed}`).toBeUndefined();
      if (tree !== undefined)
        expect(checked(below, [{ case: 0, tree }]), `seed ${seed}`).toMatchObject({ isAccepted: false });
      for (let k = 0; k < 3; k++) {
        const nodes = randomTree(random, box);
        expect(checked(below, [{ case: 0, tree: nodes }]), `seed ${seed}`).toMatchObject({ isAccepted: false });
      }
    }
    // Otherwise this shows nothing.
    expect(accepted).toBeGreaterThan(30 * share);
    expect(split).toBeGreaterThan(15 * share);
  });
});

test('what the ONNX runtime computes lies between the bounds, on a box and at single points', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const { bytes, box, points } = await draw(seededRandom(seed, 'bounds'));
    const prover = new Prover(networkOf(bytes));
    const runtime = await openOnnxRuntime(bytes);
    const outputs = await runtime.runBatch(Float32Array.from(points.flatMap((point) => [...point])), points.length);
    await runtime.release();
    const onBox = prover.onBox(...box);
    points.forEach((point, k) => {
      for (const bounds of k % 20 === 0 ? [onBox, prover.onBox(point, point)] : [onBox])
        prover.network.outputs.forEach((number, j) => {
          expect(outputs[2 * k + j], `seed ${seed}`).toBeGreaterThanOrEqual(bounds.lower[number]);
          expect(outputs[2 * k + j], `seed ${seed}`).toBeLessThanOrEqual(bounds.upper[number]);
        });
    });
  }
});

test('certificates of random networks are accepted, and none is about a question that a sample answers', async () => {
  const cases = [];
  for (let seed = 0; seed < 40 * share; seed++) cases.push(await certificateCase(seed));
  expect(cases.flatMap(({ faults }) => faults)).toEqual([]);
  expect(cases.filter(({ isCertified }) => isCertified).length).toBeGreaterThan(8 * share);
});

/** A whole tree of splits at random, with random slopes and multipliers. */
function randomTree(random: Random, [lower, upper]: Drawn['box']): Node[] {
  const nodes: Node[] = [];
  let open = 1;
  const triples = (value: () => number) => Array.from({ length: 3 }, (_, i) => [0, i, value()]).flat();
  const slopes = () => triples(() => 3 * random.uniform() - 1);
  const some = <Of>(value: Of) => (random.integer(2) === 0 ? value : undefined);
  const choices = () => ({
    refresh: some(true),
    lower: some(slopes()),
    upper: some(slopes()),
    multipliers: some(triples(() => random.uniform() - 0.5)),
  });
  while (open > 0) {
    const kind = nodes.length > 12 ? 2 : random.integer(3);
    if (kind === 2) nodes.push({ rows: [1], ...choices() });
    else if (kind === 1) nodes.push({ unit: [0, random.integer(3)], at: random.uniform() - 0.5, ...choices() });
    else {
      const input = random.integer(lower.length);
      nodes.push({ input, at: lower[input] + random.uniform() * (upper[input] - lower[input]), ...choices() });
    }
    open += kind === 2 ? -1 : 1;
  }
  return nodes;
}

describe('certificates that were changed', async () => {
  // |x_0 + x_1| + |x_0 - x_1| < 1.9 on [-0.9, 0.9]^2, where it is at most 1.8: needs splits; the outputs are it and 0.
  const { node, floats, onnxModel } = await import('@mipnet/network/testing/onnx-model');
  const network = onnxModel({
    input: ['N', 2],
    nodes: [
      node('Gemm', ['x', 'w', 'b'], 'a', { transB: 1 }),
      node('Relu', ['a'], 'r'),
      node('Gemm', ['r', 'v', 'c'], 'y', { transB: 1 }),
    ],
    constants: [
      floats('w', [4, 2], [1, 1, -1, -1, 1, -1, -1, 1]),
      floats('b', [4], [0, 0, 0, 0]),
      floats('v', [2, 4], [1, 1, 1, 1, 0, 0, 0, 0]),
      floats('c', [2], [0, 0]),
    ],
  });
  const box = [Float64Array.of(-0.9, -0.9), Float64Array.of(0.9, 0.9)] as const;
  const files = { network, property: question(box, 1.9) };
  const tree = (await grown(files, 1000))!;
  const outcome = (changed: readonly Node[], of = files) => checked(of, [{ case: 0, tree: changed }]);
  const leaf = tree.findIndex(({ rows }) => rows !== undefined);

  test('the tree itself is accepted, and needs its splits', () => {
    expect(outcome(tree)).toMatchObject({ isAccepted: true, verdict: 'robust', cases: 1 });
    expect(tree.length).toBeGreaterThan(2);
    expect(outcome([{ rows: [1] }])).toMatchObject({ isAccepted: false });
  });

  test('a leaf is missing, or there is one too many', () => {
    expect(outcome(tree.toSpliced(leaf, 1))).toMatchObject({ isAccepted: false });
    expect(outcome(tree.slice(0, -1))).toMatchObject({ isAccepted: false });
    expect(() => outcome([...tree, { rows: [1] }])).toThrow(Refusal);
    expect(checked(files, [])).toMatchObject({ isAccepted: false, reason: 'case 0 has no proof' });
  });

  test('a split was moved', () => {
    const moved = tree.map((one) => ('at' in one ? { ...one, at: 0.89 } : one));
    expect(outcome(moved)).toMatchObject({ isAccepted: false });
  });

  test('slopes, multipliers and numbers that there are not', () => {
    const units: readonly Node[] = [{ unit: [0, 0], at: 0 }, { rows: [1] }, { rows: [1] }];
    const wrong: readonly Node[] = [
      { rows: [1], lower: [0, 0, 1e40] },
      { rows: [1], upper: [0, 0] },
      { rows: [1], lower: [0, 9, 0.5] },
      { rows: [1], upper: [1, 0, 0.5] },
      { rows: [1], lower: [0, 0, null] },
      { rows: [1], multipliers: [0, -1] },
      { rows: [1], multipliers: [1, 0, 1] },
      { rows: [-1] },
      { rows: [1, 1] },
      { rows: [] },
      { rows: 1 },
      { rows: ['1'] },
      {},
      { input: 2, at: 0 },
      { input: 0, at: null },
      { input: 0 },
      { unit: [0], at: 0 },
    ];
    for (const one of wrong) expect(() => outcome([units[0], one, units[2]]), JSON.stringify(one)).toThrow(Refusal);
  });

  test('of another network, or about another property', () => {
    const other = network.slice();
    other[other.length - 20] ^= 1;
    const certificate = encodeCertificate(robustCertificate(files, [{ case: 0, tree }]), '');
    const all = { certificate, network, property: bytesOf(files.property) };
    expect(checkCertificate(all)).toMatchObject({ isAccepted: true });
    expect(checkCertificate({ ...all, network: other })).toMatchObject({ isAccepted: false });
    expect(checkCertificate({ ...all, property: bytesOf(question(box, 1.7)) })).toMatchObject({ isAccepted: false });
    expect(outcome(tree, { network, property: question(box, 1.7) })).toMatchObject({ isAccepted: false });
  });

  test('damaged networks are refused, or read as other ones, never anything else', () => {
    const random = seededRandom(2, 'damage');
    for (let k = 0; k < 500; k++) {
      const damaged = network.slice(0, random.integer(3) === 0 ? random.integer(network.length) : network.length);
      for (let changes = random.integer(3); changes >= 0 && damaged.length > 0; changes--)
        damaged[random.integer(damaged.length)] = random.integer(256);
      try {
        new Prover(networkOf(damaged));
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }
  });

  test('damaged documents are refused or not accepted, never anything else', () => {
    const property = bytesOf(question(box, 1.7));
    const wrong = { network, property: question(box, 1.7) };
    const certificate = encodeCertificate(robustCertificate(wrong, [{ case: 0, tree }]), '');
    const random = seededRandom(1, 'damage');
    for (let k = 0; k < 500; k++) {
      const damaged = certificate.slice();
      for (let changes = random.integer(3); changes >= 0; changes--)
        damaged[random.integer(damaged.length)] = bytesOf('0-]["},9.e')[random.integer(10)];
      try {
        expect(checkCertificate({ certificate: damaged, network, property })).toMatchObject({ isAccepted: false });
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }
    for (const text of ['', '[]', 'null', '{"format":"mipnet certificate","version":1}', '[[[['])
      expect(() =>
        checkCertificate({ certificate: bytesOf(text), network, property: bytesOf(files.property) }),
      ).toThrow(Refusal);
  });
});

describe('certify', async () => {
  const { node, floats, onnxModel } = await import('@mipnet/network/testing/onnx-model');
  /** y_0 = |x_0 + x_1| + |x_0 - x_1|, with relus, and a little of the other inputs; y_1 = 0. */
  const networkOf = (inputs: number) => {
    const row = (first: number, second: number) => [first, second, ...Array<number>(inputs - 2).fill(0.001)];
    return onnxModel({
      input: ['N', inputs],
      nodes: [
        node('Gemm', ['x', 'w', 'b'], 'a', { transB: 1 }),
        node('Relu', ['a'], 'r'),
        node('Gemm', ['r', 'v', 'c'], 'y', { transB: 1 }),
      ],
      constants: [
        floats('w', [4, inputs], [row(1, 1), row(-1, -1), row(1, -1), row(-1, 1)].flat()),
        floats('b', [4], [0, 0, 0, 0]),
        floats('v', [2, 4], [1, 1, 1, 1, 0, 0, 0, 0]),
        floats('c', [2], [0, 0]),
      ],
    });
  };
  const limits = { remaining: () => Infinity, stopped: () => false };
  const asked = (inputs: number, threshold: number): CertificateFiles => {
    const end = new Float64Array(inputs).fill(0.9);
    return { network: networkOf(inputs), property: question([end.map((x) => -x), end], threshold) };
  };

  test.each([
    ['inputs', 2, 'input'],
    ['signs', 12, 'unit'],
  ])('a proof by branching on %s is a tree that the checker accepts', async (_, inputs, split) => {
    const files = asked(inputs, 1.95);
    const { verdict, certificate } = await certify(files, limits);
    expect(verdict).toMatchObject({ verdict: 'robust', by: 'branching' });
    const proofs = certificate?.verdict === 'robust' ? certificate.proofs : [];
    expect(checked(files, proofs)).toMatchObject({ isAccepted: true });
    expect(proofs[0].tree[0]).toHaveProperty(split);
  });

  test('a witness', async () => {
    const files = asked(3, 1.7);
    const { verdict, certificate } = await certify(files, limits);
    expect(['adversarial', 'misclassified']).toContain(verdict.verdict);
    const all = { network: files.network, property: bytesOf(files.property) };
    expect(checkCertificate({ ...all, certificate: encodeCertificate(certificate!, '') })).toEqual({
      isAccepted: true,
      verdict: 'adversarial',
      isCertain: true,
    });
    const point = certificate?.verdict === 'adversarial' ? certificate.point : [];
    for (const wrong of [point.with(0, 0.91), point.map(() => 0), point.slice(1), point.with(0, 0.1)]) {
      const changed = encodeCertificate({ ...certificate!, point: wrong } as Certificate, '');
      expect(checkCertificate({ ...all, certificate: changed })).toMatchObject({ isAccepted: false });
    }
  });

  test('an operator that the checker does not know is named', async () => {
    const network = onnxModel({ input: ['N', 2], nodes: [node('Softplus', ['x'], 'y')] });
    await expect(certify({ ...asked(2, 1), network }, limits)).rejects.toThrow(/the operator Softplus/);
  });
});
