import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
const disk = home.path('disk');
let mounted = false;

/** A file system of its own, with so many bytes; needs a mount, which only root may do, and not in every container. */
function mount(...options: string[]): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const remount = (...options: string[]): void =>
  void execFileSync('mount', ['-o', ['remount', ...options].join(','), disk]);

afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  home.remove();
});

/** Twelve classes in two columns: 32 neurons and 66 pairs, MIPs of some milliseconds. */
function writeTable(): void {
  const rows = Array.from({ length: 240 }, (_, row) => `${(row % 12) * 3 + (row % 5)},${(row * 7) % 11},c${row % 12}`);
  writeFileSync(home.path('table.csv'), ['a,b,class', ...rows].join('\n'));
}

test('a disk that fills up in mid-run is said, leaves nothing half-written, and the run continues from there', async (context) => {
  mkdirSync(disk);
  mounted = mount('size=64m');
  if (!mounted) context.skip('needs the right to mount a small file system');
  writeTable();
  const train = (out: string) =>
    home.runHere([
      'train',
      '--preset',
      'table',
      '--set',
      'dataset={name: csv, file: table.csv, class: class, perClass: 8, validationPerClass: 2}',
      '--set',
      'solver.workLimit=50',
      '--engine',
      'local',
      '--store',
      `${disk}/objects`,
      '--out',
      out,
      '--json',
    ]);
  const undisturbed = await train('undisturbed.onnx');
  expect(undisturbed.code, undisturbed.stderr).toBe(0);

  // As after the division of the run, with room for some results but not for all.
  for (const folder of ['incumbents', 'results']) rmSync(`${disk}/objects/${folder}`, { recursive: true });
  const { bsize, blocks, bfree } = statfsSync(disk);
  remount(`size=${bsize * (blocks - bfree + 50)}`);
  const full = await train('full.onnx');
  expect({ code: full.code, stdout: full.stdout }, full.stderr).toEqual({ code: 2, stdout: '' });
  expect(full.stderr.trimEnd().split('\n').at(-1)).toMatch(
    /^mipnet: cannot write object .* into the folder .*: its disk is full; free space or choose another folder/,
  );
  const files = readdirSync(disk, { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.includes('~'))).toEqual([]);
  expect(readdirSync(home.folder)).not.toContain('full.onnx');

  remount('size=64m');
  const again = await train('again.onnx');
  expect(again.code, again.stderr).toBe(0);
  const { subproblems } = JSON.parse(again.stdout);
  expect(subproblems).toMatchObject({ total: 98, failed: 0 });
  expect(subproblems.reused).toBeGreaterThan(0);
  expect(subproblems.reused).toBeLessThan(98);
  expect(readFileSync(home.path('again.onnx')).equals(readFileSync(home.path('undisturbed.onnx')))).toBe(true);

  remount('ro');
  const readOnly = await train('read-only.onnx');
  expect({ code: readOnly.code, stdout: readOnly.stdout }).toEqual({ code: 2, stdout: '' });
  expect(readOnly.stderr).toMatch(/object store .*objects cannot be written \(EROFS\)/);
});
