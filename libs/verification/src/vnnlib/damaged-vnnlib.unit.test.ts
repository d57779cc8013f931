import { damaged, seededIntegers } from '@mipnet/network/testing/damage';
import { expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { VerificationError } from '../verification-error.js';
import { decodeVnnlib } from './read-vnnlib.js';

const text = `; a property
(declare-const X_0 Real) (declare-const X_1 Real)
(declare-const Y_0 Real) (declare-const Y_1 Real)
(assert (and (>= X_0 -0.5) (<= X_0 1.5e0)))
(assert (>= X_1 0)) (assert (<= X_1 1))
(assert (or (and (>= (+ Y_0 (* 2 Y_1) (- 1)) 0) (<= Y_0 3)) (>= (- Y_1 Y_0) 0.25)))
`;

it('refuses damaged properties, plain and packed, and nothing but refuses', () => {
  const files = [new TextEncoder().encode(text), gzipSync(text)];
  const integer = seededIntegers(21);
  let refused = 0;
  for (let run = 0; run < 6000; run++) {
    const bytes = damaged(files[run % files.length], integer);
    try {
      decodeVnnlib(bytes);
    } catch (error) {
      refused++;
      if (!(error instanceof VerificationError) || error.message === '')
        throw new Error(`run ${run}: ${Buffer.from(bytes).toString('base64')}`, { cause: error });
    }
  }
  expect(refused).toBeGreaterThan(3000);
});
