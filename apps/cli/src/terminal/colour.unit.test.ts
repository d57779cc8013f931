import { expect, test } from 'vitest';
import { painter, wantsColour } from './colour.js';

const terminal = { isTTY: true, hasColors: (): boolean => true };
const pipe = { isTTY: false };

test.each([
  ['a terminal', terminal, {}, true],
  ['a terminal without colours', { isTTY: true, hasColors: (): boolean => false }, {}, false],
  ['a pipe', pipe, {}, false],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR, which means nothing', terminal, { NO_COLOR: '' }, true],
  ['FORCE_COLOR on a pipe', pipe, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ['both: NO_COLOR wins', pipe, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
] as [string, object, NodeJS.ProcessEnv, boolean][])('%s', (_, stream, env, wanted) => {
  expect(wantsColour(stream as NodeJS.WriteStream, env)).toBe(wanted);
  const painted = painter(stream as NodeJS.WriteStream, env)('red', 'text');
  expect(painted).toBe(wanted ? '\u001b[31mtext\u001b[39m' : 'text');
});
