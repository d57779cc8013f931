import { describe, expect, it } from 'vitest';
import { forward } from '../forward.js';
import { layerMap } from '../layer-map.js';
import type { Network, Select } from '../network.js';

const select = (positions: readonly number[], rest: Partial<Select> = {}): Select => ({
  kind: 'select',
  positions: Int32Array.from(positions),
  shape: [positions.length],
  ...rest,
});
const on = (inputShape: readonly number[], ...layers: Select[]): Network => ({ inputShape, layers });

describe('a select layer', () => {
  it('picks numbers by position, several times if asked, for every sample', () => {
    const inputs = Float64Array.of(1, 2, 3, 4, 5, 6);
    expect([...forward(on([3], select([2, 0, 2, 1])), inputs, 2)]).toEqual([3, 1, 3, 2, 6, 4, 6, 5]);
  });

  it('reads its constants, or zero, where the position is -1', () => {
    const inputs = Float64Array.of(7, 8);
    expect([...forward(on([2], select([-1, 1])), inputs, 1)]).toEqual([0, 8]);
    expect([...forward(on([2], select([-1, 1], { constants: Float64Array.of(5, 9) })), inputs, 1)]).toEqual([5, 8]);
  });

  it('gives its numbers a shape', () => {
    const network = on([4], select([3, 2, 1, 0], { shape: [1, 2, 2] }), select([0, 1], { shape: [1, 2] }));
    expect([...forward(network, Float64Array.of(1, 2, 3, 4), 1)]).toEqual([4, 3]);
  });

  it('is an affine map of unit rows, and the identity if nothing moves', () => {
    const layer = select([1, -1, 1], { constants: Float64Array.of(0, 6, 0) });
    expect(layerMap(layer, [2])).toMatchObject({
      kind: 'affine',
      isSelect: true,
      starts: Int32Array.of(0, 1, 1, 2),
      indices: Int32Array.of(1, 1),
      values: Float64Array.of(1, 1),
      bias: Float64Array.of(0, 6, 0),
    });
    expect(layerMap(select([0, 1]), [2])).toEqual({ kind: 'identity', inputs: 2, outputs: 2 });
  });

  it('refuses positions outside its input, a shape that they do not fill, and constants of another length', () => {
    const x = new Float64Array(2);
    expect(() => forward(on([2], select([2])), x, 1)).toThrow('positions[0] is 2; its input has the positions 0 to 1');
    expect(() => forward(on([2], select([-2])), x, 1)).toThrow('positions[0] is -2');
    expect(() => forward(on([2], select([0, 1], { shape: [3] })), x, 1)).toThrow(
      'it picks 2 numbers, which do not fill [3]',
    );
    expect(() => forward(on([2], select([], { shape: [] })), x, 1)).toThrow('every extent must be a positive integer');
    expect(() => forward(on([2], select([-1], { constants: new Float64Array(2) })), x, 1)).toThrow(
      'constants has 2 numbers, not 1',
    );
    expect(() => forward(on([2], select([-1], { constants: Float64Array.of(NaN) })), x, 1)).toThrow(
      'constants[0] is NaN',
    );
  });
});
