// Tested by fixed-layers.unit.test.ts.
import type { Layer, Shape } from '@mipnet/network';
import { TrainingError } from '../problem/training-error.js';
import type { PlanLayer } from './plan-schema.js';

type PoolItem = Extract<PlanLayer, { averagePool: number } | { maxPool: number }>;

/**
 * The layers of a plan's pool: with an offset, the image without its first rows and columns, and the pool.
 * @param shape channels, rows, columns
 * @throws TrainingError 'plan' if the offset leaves nothing
 */
export function poolLayers(item: PoolItem, [channels, rows, columns]: Shape, index: number): Layer[] {
  const [kind, side] =
    'averagePool' in item ? (['averagePool2d', item.averagePool] as const) : (['maxPool2d', item.maxPool] as const);
  const { stride = side, offset = 0 } = item;
  if (offset > 0 && offset + side > Math.min(rows, columns))
    throw new TrainingError(
      'plan',
      `network.${index}.offset: behind ${offset} rows and columns, an image of ${rows} x ${columns} has no window ` +
        `of side ${side}; give a smaller offset`,
    );
  const pool: Layer = {
    kind,
    kernel: [side, side],
    strides: [stride, stride],
    pads: [0, 0, 0, 0],
    countIncludePad: true,
  };
  if (offset === 0) return [pool];
  const kept: Shape = [channels, rows - offset, columns - offset];
  const pixels = kept[1] * kept[2];
  const positions = Int32Array.from({ length: channels * pixels }, (_, at) => {
    const channel = Math.floor(at / pixels);
    const row = Math.floor((at % pixels) / kept[2]) + offset;
    return (channel * rows + row) * columns + (at % kept[2]) + offset;
  });
  return [{ kind: 'select', positions, shape: kept }, pool];
}
