import type { LinearExpression, Model } from '@mipnet/mip';
import type { LeafData } from '../rows/leaf-data.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { freeNetwork } from './free-network.js';
import { encodeStage } from './stage-model.js';

/** The MIP of a training problem for other programs: its columns have names. */
export interface SubproblemModel {
  readonly model: Model;
  /**
   * Of layer L, counted from 0, for its neuron o and its input i: pL_o_i and nL_o_i, whose difference is the weight (a
   * binary weight is 2 p - 1), and bL_o, the bias in its own steps. z: other integers; h: everything else. Weights of
   * inputs that are 0 in every sample have no column.
   */
  readonly columnNames: readonly string[];
}

/** The MIP of a problem's first objective, as a solver gets it. */
export function subproblemModel(problem: TrainingProblem, data: LeafData): SubproblemModel {
  const { model, builder, freeLayers } = encodeStage(freeNetwork(problem, data), { stage: 0, kept: [] });
  const columnNames = Array.from(model.integer, (integer, column) => `${integer ? 'z' : 'h'}${column}`);
  const name = ({ columns, values }: LinearExpression, text: string): void => {
    for (let k = 0; k < columns.length; k++)
      columnNames[columns[k]] = `${values[k] < 0 ? text.replace(/^p/, 'n') : text}`;
  };
  for (const [layer, free] of freeLayers)
    for (let output = 0; output < free.outputs; output++) {
      for (let input = 0; input < free.inputs; input++)
        name(free.weight(output, input), `p${layer}_${output}_${input}`);
      name(free.biasUnit(builder, output).expression, `b${layer}_${output}`);
    }
  return { model, columnNames };
}
