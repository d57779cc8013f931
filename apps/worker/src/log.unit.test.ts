import { describe, expect, it } from 'vitest';
import { formatEntry } from './log.js';

describe('formatEntry', () => {
  it('is one line of JSON with the whole chain of causes and without task tokens', () => {
    const error = Object.assign(new Error('store', { cause: new Error('disk') }), { code: 'unavailable' });
    const line = formatEntry({
      timestampNanos: 1_700_000_000_000_000_000n,
      level: 'WARN',
      message: 'a\nb',
      meta: { taskToken: 'secret', events: 3n, error },
    });
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({
      time: '2023-11-14T22:13:20.000Z',
      level: 'WARN',
      message: 'a\nb',
      events: '3',
      error: { code: 'unavailable', cause: { message: 'disk' } },
    });
    expect(line).not.toContain('secret');
  });
});
