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

const richer = `(set-logic QF_LRA)(declare-fun X_0 () Real)(declare-const Y_0 Real)(define-const c Real (/ 1 2))
(assert (! (and (> X_0 0) (< X_0 1)) :named box))
(assert (let ((t (abs (- Y_0 c)))) (=> (not (= t 1)) (ite (>= t X_0) (distinct Y_0 2) false))))
`;
const typed = `(vnnlib-version <2.0>)
(declare-network f (declare-input X float32 [1, 2]) (declare-hidden H real [2] "h") (declare-output Y float32 []))
(declare-network g (equal-to f) (declare-input A float32 [1,2]) (declare-output B float32 []))
(assert (and (>= X[0,0] -0.5) (<= A [0, 1] 1.0e0)))
(assert (or (!= Y B) (== H[1] (* 2.0 X[0,1]))))
`;

it('refuses damaged properties, plain and packed, and nothing but refuses', () => {
  const plain = [text, richer, typed].map((one) => new TextEncoder().encode(one));
  const files = [...plain, gzipSync(text)];
  for (const file of files) decodeVnnlib(file);
  const integer = seededIntegers(21);
  let refused = 0;
  for (let run = 0; run < 8000; run++) {
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
