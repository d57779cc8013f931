import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUnsafe } from '../query.js';
import { parseVnnlib } from './parse-vnnlib.js';
import { vnnlibQueries } from './property.js';

const declarations =
  '(declare-const X_0 Real)\n(declare-const X_1 Real)\n(declare-const Y_0 Real) (declare-const Y_1 Real)\n';
const box = '(assert (and (>= X_0 0) (<= X_0 1) (>= X_1 -1) (<= X_1 2.5e0)))\n';
const rows = (text: string) =>
  parseVnnlib(declarations + box + text).cases.map((one) => one.rows.map((row) => [...row.coefficients, row.constant]));

describe('parseVnnlib', () => {
  it('reads bounds on inputs and rows on outputs, with comments', () => {
    const property = parseVnnlib(`; a property\n${declarations}${box}(assert (>= Y_0 Y_1)) ; the end`);
    expect(property).toMatchObject({ inputs: 2, outputs: 2, contradictions: [] });
    expect(property.cases).toEqual([
      {
        box: { lower: Float64Array.of(0, -1), upper: Float64Array.of(1, 2.5) },
        rows: [{ coefficients: Float64Array.of(1, -1), constant: 0 }],
      },
    ]);
  });

  it('takes the tighter of two bounds, from either side of the comparison', () => {
    const { cases } = parseVnnlib(
      `${declarations}${box}(assert (<= 0.25 X_0)) (assert (<= (* 2 X_1) 3)) (assert (>= X_0 -7)) (assert (<= Y_0 0))`,
    );
    expect([...cases[0].box.lower, ...cases[0].box.upper]).toEqual([0.25, -1, 1, 1.5]);
  });

  it('reads linear terms', () => {
    expect(rows('(assert (<= (+ (* 2.0 Y_0) (* Y_1 -3) 1) 5))')).toEqual([[[-2, 3, 4]]]);
    expect(rows('(assert (>= (- Y_0 Y_1 1) (- Y_1)))')).toEqual([[[1, 0, -1]]]);
    expect(rows('(assert (>= (* 2 (+ Y_0 (* 3 Y_1))) (* 2 3)))')).toEqual([[[2, 6, -6]]]);
  });

  it('multiplies disjunctions out, over inputs too, in the order of the text', () => {
    const property = parseVnnlib(`${declarations}
      (assert (or (and (>= X_0 0) (<= X_0 1)) (and (>= X_0 3) (<= X_0 4))))
      (assert (>= X_1 0)) (assert (<= X_1 1))
      (assert (or (>= Y_0 Y_1) (and (>= Y_1 2) (or (<= Y_0 0) (<= Y_0 -1)))))`);
    expect(property.cases.map((one) => [one.box.lower[0], one.rows.length])).toEqual([
      [0, 1],
      [0, 2],
      [0, 2],
      [3, 1],
      [3, 2],
      [3, 2],
    ]);
    expect(vnnlibQueries(property).map(({ unsafe, region }) => [region.box.upper[0], unsafe.length])).toEqual([
      [1, 3],
      [4, 3],
    ]);
  });

  it('means what the formula means', () => {
    // A random formula over Y, judged as written and after normalisation.
    type Formula = { text: string; judge: (y: readonly number[]) => boolean };
    const small = fc.integer({ min: -3, max: 3 });
    const compared = {
      '<=': (one: number, other: number) => one <= other,
      '>=': (one: number, other: number) => one >= other,
      '<': (one: number, other: number) => one < other,
      '>': (one: number, other: number) => one > other,
      '=': (one: number, other: number) => one === other,
      distinct: (one: number, other: number) => one !== other,
    };
    const words = fc.constantFrom(...(Object.keys(compared) as (keyof typeof compared)[]));
    const forms = ['linear', 'abs', 'ite', 'let'] as const;
    const atom: fc.Arbitrary<Formula> = fc
      .tuple(small, small, small, words, fc.constantFrom(...forms))
      .map(([a, b, c, word, form]) => {
        const linear = (y: readonly number[]) => a * y[0] + b * y[1];
        const text = `(+ (* ${a} Y_0) (/ (* ${2 * b} Y_1) 2))`;
        const chosen = (y: readonly number[]) => (y[0] > 1 ? linear(y) : y[1]);
        const meant = form === 'abs' ? (y: readonly number[]) => Math.abs(linear(y)) : form === 'ite' ? chosen : linear;
        const terms = {
          linear: `(${word} ${text} ${c})`,
          abs: `(${word} (abs ${text}) ${c})`,
          ite: `(${word} (ite (> Y_0 1) ${text} Y_1) ${c})`,
          let: `(let ((term ${text}) (Y_0 ${c})) (! (${word} term Y_0) :named p))`,
        };
        return { text: terms[form], judge: (y) => compared[word](meant(y), c) };
      });
    const joints = {
      and: (parts: readonly boolean[]) => parts.every(Boolean),
      or: (parts: readonly boolean[]) => parts.some(Boolean),
      '=>': (parts: readonly boolean[]) => !parts.slice(0, -1).every(Boolean) || parts.at(-1)!,
      not: ([first]: readonly boolean[]) => !first,
      ite: ([first, second, third]: readonly boolean[]) => (first ? second : third),
    };
    const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
      formula: fc.oneof(
        { maxDepth: 3 },
        atom,
        fc
          .tuple(
            fc.constantFrom(...(Object.keys(joints) as (keyof typeof joints)[])),
            fc.array(tie('formula'), { minLength: 3, maxLength: 3 }),
          )
          .map(([word, all]) => {
            const parts = word === 'not' ? all.slice(0, 1) : all;
            return {
              text: `(${word} ${parts.map((part) => part.text).join(' ')})`,
              judge: (y: readonly number[]) => joints[word](parts.map((part) => part.judge(y))),
            };
          }),
      ),
    }));
    const output = fc.integer({ min: -4, max: 4 });
    fc.assert(
      fc.property(
        formula,
        fc.array(fc.tuple(output, output), { minLength: 5, maxLength: 5 }),
        ({ text, judge }, points) => {
          // One row that always holds, so that a formula of constants only is not a property without outputs.
          const { cases } = parseVnnlib(`${declarations}${box}(assert (>= (+ Y_0 100) 0))(assert ${text})`);
          for (const y of points)
            expect(
              isUnsafe(
                cases.map((one) => one.rows),
                Float64Array.from(y),
              ),
            ).toBe(judge(y));
        },
      ),
    );
  });

  it('reads strict inequalities and equalities as rows, exactly', () => {
    const [{ rows: strict }] = parseVnnlib(`${declarations}${box}(assert (< Y_0 1))`).cases;
    expect(strict).toEqual([{ coefficients: Float64Array.of(-1, 0), constant: 1, strict: true }]);
    expect(rows('(assert (= Y_0 0.5))')).toEqual([
      [
        [1, 0, -0.5],
        [-1, 0, 0.5],
      ],
    ]);
    expect(rows('(assert (distinct Y_0 0.5))')).toEqual([[[1, 0, -0.5]], [[-1, 0, 0.5]]]);
    expect(rows('(assert (<= 0 Y_0 1))')).toEqual([
      [
        [1, 0, 0],
        [-1, 0, 1],
      ],
    ]);
  });

  it('bounds an input strictly by the next number', () => {
    const { cases } = parseVnnlib(`${declarations}${box}(assert (and (> X_0 0) (< X_0 1) (= X_1 0.5) (>= Y_0 0)))`);
    expect([...cases[0].box.lower, ...cases[0].box.upper]).toEqual([Number.MIN_VALUE, 0.5, 1 - 2 ** -53, 0.5]);
    const none = parseVnnlib(`${declarations}${box}(assert (and (> X_0 0.5) (< X_0 0.5) (>= Y_0 0)))`);
    expect(none.cases).toEqual([]);
  });

  it('makes rows on inputs and outputs of whatever is no bound', () => {
    const property = parseVnnlib(`${declarations}${box}(assert (<= (+ X_0 X_1) 1))(assert (>= Y_0 X_0))`);
    expect(property.rowsOn).toBe('inputs and outputs');
    expect(property.cases[0].rows).toEqual([
      { coefficients: Float64Array.of(-1, -1, 0, 0), constant: 1 },
      { coefficients: Float64Array.of(-1, 0, 1, 0), constant: 0 },
    ]);
    expect(parseVnnlib(`${declarations}${box}(assert (>= Y_0 0))`).rowsOn).toBe('outputs');
  });

  it('reads scripts: declare-fun, definitions, logics, true and false', () => {
    const script = (text: string) =>
      parseVnnlib(`(set-logic QF_LRA)
        ${declarations.replaceAll(/\(declare-const (\w+) Real\)/g, '(declare-fun $1 () Real)')}${box}
        (define-const limit Real (/ 1 4)) (define-fun shifted () Real (- Y_0 limit)) (define-fun out () Bool (> Y_1 3))
        ${text}(check-sat)(exit)`);
    expect(script('(assert true)(assert (or out (>= shifted 0)))').cases.map((one) => one.rows)).toEqual([
      [{ coefficients: Float64Array.of(0, 1), constant: -3, strict: true }],
      [{ coefficients: Float64Array.of(1, 0), constant: -0.25 }],
    ]);
    expect(script('(assert (>= Y_0 0))(assert false)')).toMatchObject({
      cases: [],
      contradictions: ['line 8: a constraint without variables is false'],
    });
  });

  it('reads old Mac line ends, with comments and right line numbers', () => {
    const mac = `; a property\n${declarations}${box}(assert (>= Y_0 Y_1))`.replaceAll('\n', '\r');
    expect(parseVnnlib(mac).cases).toHaveLength(1);
    expect(() => parseVnnlib(`; one\r; two\r\n; three\n(push)`)).toThrow(expect.objectContaining({ line: 4 }));
  });

  it('adds up a sum of many variables in one pass', () => {
    const names = Array.from({ length: 20_000 }, (_, j) => `Y_${j}`);
    const text = `(declare-const X_0 Real)${names.map((name) => `(declare-const ${name} Real)`).join('')}(assert (>= X_0 0))(assert (<= X_0 1))(assert (>= (+ ${names.join(' ')}) 3))`;
    const [
      {
        rows: [row],
      },
    ] = parseVnnlib(text).cases;
    expect([row.coefficients.every((factor) => factor === 1), row.constant]).toEqual([true, -3]);
  });

  it('says which case contradicts itself, and leaves none to violate', () => {
    const empty = parseVnnlib(`${declarations}${box}(assert (>= X_0 1.5)) (assert (>= Y_0 0))`);
    expect(empty).toMatchObject({ cases: [], contradictions: ['X_0 must be at least 1.5 and at most 1'] });
    const partly = parseVnnlib(`${declarations}${box}(assert (or (>= 0 1) (<= X_1 -2) (>= Y_0 0)))`);
    expect(partly.cases).toHaveLength(1);
    expect(partly.contradictions).toEqual([
      'line 5: a constraint without variables is false',
      'X_1 must be at least -1 and at most -2',
    ]);
  });

  it.each([
    ['an unknown variable', `${declarations}${box}(assert\n(>= Z_0 1))`, 'variable', 'line 6: Z_0 is unknown'],
    [
      'a variable before its declaration',
      '(assert (>= X_0 1))\n(declare-const X_0 Real)',
      'variable',
      'line 1: X_0 is not declared before',
    ],
    ['a variable twice', `${declarations}(declare-const X_1 Real)`, 'variable', 'line 4: X_1 is declared twice'],
    [
      'a gap in the numbering',
      '(declare-const X_0 Real)(declare-const X_2 Real)(declare-const Y_0 Real)',
      'variable',
      'X_1 is not declared',
    ],
    ['a name that is neither X nor Y', '(declare-const W_0 Real)', 'variable', 'line 1: W_0 is unknown'],
    ['integers', '(declare-const X_0 Int)', 'unsupported', 'X_0 is declared Int'],
    [
      'a missing parenthesis',
      `${declarations}(assert (>= X_0 0)\n(assert (<= X_0 1))`,
      'truncated',
      'line 4: this parenthesis is not closed by the end of the text (line 5)',
    ],
    ['a parenthesis too many', `${declarations}(assert (>= X_0 0)))`, 'syntax', 'line 4: there is one ) too many'],
    ['words outside', `${declarations}\nassert`, 'syntax', "line 5: 'assert' stands outside"],
    [
      'an input without an upper bound',
      `${declarations}(assert (>= X_0 0))(assert (>= Y_0 0))`,
      'unbounded',
      'X_0 has no upper bound',
    ],
    ['no output constraint', `${declarations}${box}`, 'truncated', 'no constraint is about an output'],
    ['an empty text', '\n; nothing', 'truncated', 'no X_0 is declared'],
    [
      'a product of variables',
      `${declarations}${box}(assert (>= (* Y_0 Y_1) 0))`,
      'unsupported',
      '(* Y_0 Y_1) multiplies variables',
    ],
    ['a word for a number', `${declarations}${box}(assert (>= Y_0 1.0.0))`, 'variable', '1.0.0 is unknown'],
    ['a number beyond float64', `${declarations}${box}(assert (>= Y_0 1e999))`, 'unsupported', '1e999 is beyond'],
    ['an empty or', `${declarations}${box}(assert (or))`, 'syntax', '(or) is empty'],
    ['an assert of two', `${declarations}${box}(assert (>= Y_0 1) (>= Y_1 1))`, 'syntax', 'assert takes one'],
    ['a string without an end', '(set-info "abc', 'truncated', 'a " is never closed'],
    ['a version to come', '(vnnlib-version <3.0>)', 'unsupported', 'line 1: (vnnlib-version <3.0>): versions 1 and 2'],
    ['one term compared', `${declarations}${box}(assert (<= Y_0))`, 'syntax', '(<= Y_0) compares 1 terms'],
    [
      'a product for a formula',
      `${declarations}${box}(assert (* Y_0 2))`,
      'unsupported',
      '(* Y_0 2) is not a constraint',
    ],
    ['a not of two', `${declarations}${box}(assert (not true false))`, 'syntax', '(not true false) takes one formula'],
    ['a let without a body', `${declarations}${box}(assert (let ((a 1))))`, 'syntax', 'should read (let ((name term))'],
    ['a name bound twice', `${declarations}(assert (let ((a 1) (a 2)) (>= Y_0 a)))`, 'variable', 'a is bound twice'],
    ['a constant defined twice', '(define-const a Real 1)(define-const a Real 2)', 'variable', 'a is defined twice'],
    ['a function of something', '(define-fun f ((x Real)) Real x)', 'unsupported', 'has parameters'],
    ['a division by zero', `${declarations}${box}(assert (>= Y_0 (/ 1 0)))`, 'unsupported', '(/ 1 0) divides by zero'],
    ['a division by an output', `${declarations}(assert (>= 1 (/ 1 Y_0)))`, 'unsupported', 'divides by a variable'],
    ['a push', '(push 1)', 'unsupported', '(push 1) is not read; a property is made of declare-const'],
    [
      'definitions that double',
      `${declarations}${box}(define-const d0 Real Y_0)` +
        `${Array.from({ length: 40 }, (_, k) => `(define-const d${k + 1} Real (+ d${k} d${k}))`).join('')}`,
      'unsupported',
      'with its definitions written out, (+ d',
    ],
    [
      'definitions that nest',
      `${declarations}${box}(define-const d0 Real Y_0)` +
        `${Array.from({ length: 600 }, (_, k) => `(define-const d${k + 1} Real (- d${k}))`).join('')}`,
      'unsupported',
      'more than 500 deep',
    ],
    [
      'sides that double',
      `${declarations}${box}(assert (>= (+ ${'(abs Y_0) '.repeat(13)}) 1))`,
      'unsupported',
      'has 13 abs and ite; at most 12',
    ],
    [
      'a disjunction of products',
      `${declarations}(assert (or ${`(and ${'(or (>= Y_0 0) (>= Y_1 0))'.repeat(14)}) `.repeat(20)}))`,
      'unsupported',
      'multiply to 327680 cases',
    ],
    ['infinity', `${declarations}${box}(assert (<= X_0 inf))`, 'unsupported', 'line 5: inf is not a finite number'],
    ['NaN', `${declarations}${box}(assert (<= X_0 NaN))`, 'unsupported', 'line 5: NaN is not a finite number'],
    [
      'formulas nested too deeply',
      `${declarations}${'(and '.repeat(100_000)}`,
      'unsupported',
      'line 4: parentheses are nested more than 500 deep',
    ],
    [
      'terms nested too deeply',
      `${declarations}(assert (>= ${'(- '.repeat(600)}`,
      'unsupported',
      'line 4: parentheses are nested more than 500 deep',
    ],
    ['nothing but parentheses', '('.repeat(2e6), 'unsupported', 'line 1: parentheses are nested more than 500 deep'],
    [
      'a command of too many parts',
      `\n(assert (and ${'() '.repeat(1_000_001)}))`,
      'unsupported',
      'line 2: the command has more than 1000000 parts',
    ],
    [
      'cases that multiply the constraints',
      `${declarations}${box}(assert ` +
        `(and ${'(<= X_0 1)'.repeat(60_000)}))${'(assert (or (>= Y_0 0) (>= Y_1 0)))'.repeat(10)}`,
      'unsupported',
      'multiply to 1024 cases of up to 60014 constraints',
    ],
    [
      'rows of too many outputs',
      `(declare-const X_0 Real)${Array.from({ length: 20_000 }, (_, j) => `(declare-const Y_${j} Real)`).join('')}(assert (and ${'(<= Y_0 1)'.repeat(2000)}))`,
      'unsupported',
      '1 cases of 1 inputs and 20000 outputs take more than 33554432 numbers',
    ],
    [
      'control characters, which it does not repeat',
      `${declarations}(assert (>= Y_0 \u001b[2J))`,
      'variable',
      'line 4: ?[2J is unknown',
    ],
    [
      'too many cases',
      `${declarations}${box}${'(assert (or (>= Y_0 0) (>= Y_1 0)))'.repeat(15)}`,
      'unsupported',
      'multiply to 32768 cases',
    ],
  ])('refuses %s', (_, text, code, message) => {
    expect(() => parseVnnlib(text)).toThrow(
      expect.objectContaining({ name: 'VerificationError', code, message: expect.stringContaining(message) }),
    );
  });
});
