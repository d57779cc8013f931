import { decodeVnnlib } from '@mipnet/verification';
import { pythonWith } from '@mipnet/solver/testing/python-environment';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { supports } from '../vnnlib/supports.js';
import { verifyProperty } from '../vnnlib/verify-property.js';
import { Home, vnnlibProgram } from './testing/command.js';
import { isNightly } from './testing/nightly.js';

// The conformance suite of the VNN-LIB 2.0 standard against mipnet-vnnlib, and its reference parser against ours. Both
// are Python packages, in an environment of their own. The suite starts its solver once per case. By day that is a
// program which passes the arguments to this process: a case takes a tenth of a second, most of the second that
// mipnet-vnnlib takes is its start. At night it is mipnet-vnnlib.

const home = new Home();
const python = await pythonWith('vnnlib', ['vnnlib==1.0.2', 'vnnlib-satisfactory==1.0.1']);
const run = promisify(execFile);
const options = { cwd: home.folder, env: { ...home.env, PYTHONIOENCODING: 'utf-8' }, maxBuffer: 2 ** 26 };

interface Report {
  readonly results: readonly { readonly test_id: string; readonly category: string; readonly outcome: string }[];
  readonly skipped: readonly { readonly test_id: string; readonly category: string; readonly missing_op: string }[];
}

/**
 * Groups of cases that mipnet does not claim: products, curves, and operators that it reads in some forms only. A case
 * of network_isomorphic declares float16 for a file of float32, which the standard and the reference parser refuse.
 */
const unclaimed = [
  ...['arithmetic_poly', 'cast', 'constantofshape', 'div', 'equal', 'mul', 'network_isomorphic', 'pow', 'shape'],
  ...['sigmoid', 'softmax', 'where'],
];

/** Sends its arguments to this process, and prints what that answers. */
const askThisProcess = `
import json, socket, sys
with socket.socket(socket.AF_UNIX) as asked:
    asked.connect(sys.argv[1])
    asked.sendall(json.dumps(sys.argv[2:]).encode())
    asked.shutdown(socket.SHUT_WR)
    answer = json.load(asked.makefile())
sys.stdout.write(answer['stdout'])
sys.stderr.write(answer['stderr'])
sys.exit(answer['code'])
`;

/** What mipnet-vnnlib prints. Its time limit counts from the start of the process. */
function answerOf(args: readonly string[]): string | Promise<string> {
  const [command, ...rest] = args;
  if (command !== 'verify') return supports(rest[0]);
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: { network: { type: 'string', multiple: true }, timeout: { type: 'string' } },
  });
  const network = values.network!.map((given) => given.replace(/=.*/s, (path) => `=${here(path.slice(1))}`));
  return verifyProperty(here(positionals[0]), { network, timeout: performance.now() / 1000 + Number(values.timeout) });
}
const here = (path: string): string => resolve(home.folder, path);

async function answer(asking: Socket): Promise<void> {
  let text = '';
  asking.setEncoding('utf8').on('data', (more: string) => (text += more));
  await once(asking, 'end');
  const said = await Promise.resolve(JSON.parse(text) as string[])
    .then(answerOf)
    .then(
      (stdout) => ({ code: 0, stdout, stderr: '' }),
      (error: Error) => ({ code: 2, stdout: '', stderr: error.message }),
    );
  asking.end(JSON.stringify(said));
}
const server = createServer({ allowHalfOpen: true }, (asking) => void answer(asking));

afterAll(() => {
  server.close();
  home.remove();
});

describe.skipIf(python === undefined)('VNN-LIB 2.0', () => {
  test('every case of the conformance suite that mipnet claims passes', { timeout: 3_600_000 }, async () => {
    const solver = home.path('mipnet-vnnlib');
    const command = `'${process.execPath}' '${vnnlibProgram}'`;
    writeFileSync(home.path('ask.py'), askThisProcess);
    const asking = `'${python}' -S -E '${home.path('ask.py')}' '${home.path('socket')}'`;
    writeFileSync(solver, `#!/bin/sh\nexec ${isNightly ? command : asking} "$@"\n`);
    chmodSync(solver, 0o755);
    server.listen(home.path('socket'));
    await once(server, 'listening');
    const { stdout } = await run(python!, ['-m', 'vnntest', 'run', '--solver', solver, '--timeout', '60'], options);
    console.log(stdout.slice(stdout.indexOf('Checking what')));
    const { results, skipped } = JSON.parse(
      readFileSync(home.path('.vnnlib-satisfactory/report.json'), 'utf8'),
    ) as Report;
    expect(results.filter(({ outcome }) => outcome !== 'pass').map(({ test_id }) => test_id)).toEqual([]);
    expect([...new Set(skipped.map(({ category }) => category))].sort()).toEqual(unclaimed);
    expect(new Set(results.map(({ category }) => category)).size).toBeGreaterThanOrEqual(25);
    for (const check of ['opset', 'vnnlib', 'serialise-assignments']) {
      const { stdout: said } = await run(python!, ['-m', 'vnntest', 'compliance', check, '--solver', solver], options);
      expect(said).toContain('PASS');
    }
  });

  // After the suite, which writes the files.
  test('the reference parser reads the same boxes and rows', async () => {
    writeFileSync(home.path('read.py'), readByReference);
    const { stdout } = await run(python!, ['read.py'], options);
    const files = JSON.parse(stdout) as Record<string, readonly ReferenceCase[]>;
    expect(Object.keys(files).length).toBeGreaterThan(100);
    for (const [file, cases] of Object.entries(files)) {
      const property = decodeVnnlib(readFileSync(join(home.folder, file)));
      const ours = property.cases.map(({ box, rows }) =>
        JSON.stringify([
          Array.from(box.lower, (low, i) => [low, box.upper[i]]),
          rows
            .map(({ coefficients, constant }) => [...Array.from(coefficients, (value) => 0 - value), constant])
            .sort(),
        ]),
      );
      const theirs = cases.flatMap(({ box, polytopes }) =>
        polytopes.map(({ matrix, limits }) =>
          JSON.stringify([
            box.map((pair) => pair.map(inFloat32)),
            matrix.map((row, k) => [...row, limits[k]].map((value) => value + 0)).sort(),
          ]),
        ),
      );
      expect(ours.sort(), file).toEqual(theirs.sort());
    }
  });
});

interface ReferenceCase {
  readonly box: readonly (readonly [number | null, number | null])[];
  /** matrix . y <= limits */
  readonly polytopes: readonly {
    readonly matrix: readonly (readonly number[])[];
    readonly limits: readonly number[];
  }[];
}

/** Where the text has no bound, the type has one. */
const inFloat32 = (bound: number | null, at: number): number =>
  bound === null ? (at === 0 ? -1 : 1) * (2 - 2 ** -23) * 2 ** 127 : bound + 0;

const readByReference = `
import glob, json, math, vnnlib, vnnlib.compat

def bound(value):
    return value if math.isfinite(value) else None

found = {}
for path in sorted(glob.glob('.vnnlib-satisfactory/tests/*/*.vnnlib')):
    try:
        query = vnnlib.parse_query_file(path)
        if any(one.dtype != vnnlib.DType.F32 for each in query.networks for one in (*each.inputs, *each.outputs)):
            continue  # Whole numbers are not verified.
        cases = vnnlib.compat.transform(query)
    except vnnlib.VNNLibException:
        continue  # Several networks, hidden tensors or mixed rows have no such form.
    found[path] = [
        {
            'box': [[bound(low), bound(high)] for low, high in case.input_box],
            'polytopes': [{'matrix': one.coeff_matrix, 'limits': one.rhs} for one in case.output_constraints],
        }
        for case in cases
    ]
print(json.dumps(found))
`;
