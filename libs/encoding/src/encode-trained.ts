import { isConstant, ModelBuilder, type Model } from '@mipnet/mip';
import { isAffine, isContinuous, joined, layerMaps, piecesOf, readersOf, sourcesOf } from '@mipnet/network';
import type { ElementwiseMap, Layer, LayerMap, Network } from '@mipnet/network';
import {
  boundsBefore,
  crownBounds,
  errorsOf,
  quotientError,
  requireBox,
  type Box,
  type NetworkBounds,
} from '@mipnet/bounds';
import { foldingErrors } from './folding-error.js';
import { Completion } from './completion.js';
import type { EncodingContext } from './context.js';
import { encodeOn } from './encode-layers.js';
import { EncodingError } from './encoding-error.js';
import { encodeInputs, type InputChoices } from './input-units.js';
import { named } from './named.js';
import type { ReluFormulation } from './activations/relu-formulation.js';
import type { HullNeuron } from './hull-neuron.js';
import { joinedSignals, signalOf, unitsOf, type Signal, type Unit } from './signal.js';

export interface EncodeTrainedOptions {
  /** Of every relu layer. @default 'big-m' */
  readonly formulation?: ReluFormulation;
  /** Of one relu layer, by its index in `network.layers`; overrides `formulation`. */
  readonly layerFormulations?: Readonly<Record<number, ReluFormulation>>;
  /** Proven bounds for this network on a box that contains this one. @default crownBounds(network, input) */
  readonly bounds?: NetworkBounds;
  /**
   * A step counts as 0 only from -epsilon downwards. At the default a step at exactly 0 may take either value: no valid
   * point is lost, so 'infeasible' proves robustness, and a witness must be replayed. @default 0
   */
  readonly epsilon?: number;
  /** Inputs that take some numbers of the box only. @default all inputs take all numbers */
  readonly inputs?: InputChoices;
}

/**
 * A trained network as a MIP. For a question, add rows and an objective over `outputs` to `builder` and build again.
 */
export interface TrainedEncoding {
  readonly builder: ModelBuilder;
  /** The network alone: no objective. */
  readonly model: Model;
  /** The column that equals each input; -1 for a known one, and for one that is an expression over other columns. */
  readonly inputColumns: Int32Array;
  readonly outputs: readonly Unit[];
  readonly completion: Completion;
  readonly bounds: NetworkBounds;
  /** Neurons whose hull inequalities can be added by `hullRounds`. */
  readonly hull: readonly HullNeuron[];
  /**
   * How far a float64 forward pass, with its rounding, may be from each row of `model`; and how far that, or the ONNX
   * runtime, may be from the expression of each output. Rows hold for the runtime as they are: they are widened by its
   * rounding.
   */
  readonly rounding: { readonly rows: Float64Array; readonly outputs: readonly number[] };
  /** The point of the model for an input in the box (`columnCount` numbers, if columns were added since). */
  toPoint(input: ArrayLike<number>, columnCount?: number): Float64Array;
  /** The input of a point of the model, in the box and on a choice, even if the solver's tolerance left it outside. */
  toInput(x: ArrayLike<number>): Float64Array;
}

/**
 * The whole network for unknown inputs in a box, weights known. Inputs with lower = upper are constants, and everything
 * that depends only on constants is computed.
 * @throws EncodingError 'bounds' | 'shape' | 'value' as `requireBox`
 */
export function encodeTrained(network: Network, input: Box, options: EncodeTrainedOptions = {}): TrainedEncoding {
  requireBox(network, input);
  const bounds = options.bounds ?? crownBounds(network, input);
  requireBoundsFor(network, input, bounds);
  const builder = new ModelBuilder();
  const completion = new Completion();
  const hull: HullNeuron[] = [];
  const context: EncodingContext = { builder, completion, epsilon: options.epsilon ?? 0, hull };
  const inputs = encodeInputs(builder, input, options.inputs ?? {});
  const inputUnits = inputs.map(({ unit }) => unit);
  const start: Encoded = {
    signal: signalOf(inputUnits, network.inputShape),
    errors: new Float64Array(inputUnits.length),
  };
  const maps = layerMaps(network);
  const needed = neededLayers(network);
  const readers = readersOf(network);
  const encoded: (Encoded | undefined)[] = [];
  const rowErrors: number[] = [];
  network.layers.forEach((layer, k) => {
    if (!needed.has(k)) {
      encoded.push(undefined);
      return;
    }
    const sources = maps[k].sources.map((source) => (source < 0 ? start : encoded[source]!));
    const before = {
      signal: joinedSignals(sources.map(({ signal }) => signal)),
      errors: joined(sources.map(({ errors }) => errors)),
    };
    const formulation = options.layerFormulations?.[k] ?? options.formulation ?? 'big-m';
    const from = usesInputsTwice(layer) ? withNames(context, before) : before;
    const worst = largest(before.errors);
    const after = encodeOn(
      { ...context, formulation },
      layer,
      layer.kind === 'quantize'
        ? roundedBefore(from.signal, bounds.layers[k], errorsOf(maps[k] as ElementwiseMap, bounds, k))
        : from.signal,
      sources.map(({ signal }) => signal.shape),
    );
    const factor = layer.kind === 'quantize' ? layer.levels : 1;
    while (rowErrors.length < builder.rowCount) rowErrors.push(factor * worst);
    // Known numbers go through the forward pass itself, so both are equal.
    const isExact = from.signal.kind === 'known' && worst === 0;
    const units = unitsOf(from.signal);
    const errors = isExact
      ? new Float64Array(maps[k].outputs)
      : foldingErrors(maps[k], boundsBefore(bounds, maps[k].sources), units, from.errors, after);
    const own = {
      signal: bounded(withRuntimeErrors(maps[k], after, units, bounds, k), bounds, k, errors),
      errors,
    };
    // A long expression is written once, even if many layers read it.
    encoded.push(readers[k].length > 1 ? withNames(context, own) : own);
    while (rowErrors.length < builder.rowCount) rowErrors.push(largest(errors));
  });
  const last = encoded.at(-1) ?? start;
  const model = builder.build();
  return {
    builder,
    model,
    inputColumns: Int32Array.from(inputs, ({ column }) => column),
    outputs: unitsOf(last.signal),
    completion,
    bounds,
    hull,
    rounding: {
      rows: Float64Array.from(rowErrors),
      outputs: unitsOf(last.signal).map(({ error = 0 }, j) => error + last.errors[j]),
    },
    toPoint: (values, columnCount = model.columnCount) => {
      const x = new Float64Array(columnCount);
      inputs.forEach((one, i) => one.set(x, values[i]));
      return completion.run(x);
    },
    toInput: (x) => Float64Array.from(inputs, (one) => one.get(x)),
  };
}

/** A layer's output, and how far the float64 forward pass can be from each expression. */
interface Encoded {
  readonly signal: Signal;
  readonly errors: Float64Array;
}

const largest = (errors: Float64Array): number => errors.reduce((most, error) => Math.max(most, error), 0);

/** Every long expression as a column of its own, which is the forward pass's number. */
function withNames(context: EncodingContext, { signal, errors }: Encoded): Encoded {
  if (signal.kind === 'known') return { signal, errors };
  const units = signal.units.map((unit) => named(context, unit));
  return {
    signal: { ...signal, units },
    errors: errors.map((error, i) => (units[i].expression !== signal.units[i].expression ? 0 : error)),
  };
}

/** The layers that the last one depends on: in a part of a network a branch may end before it is read. */
function neededLayers(network: Network): ReadonlySet<number> {
  const sources = sourcesOf(network);
  const needed = new Set([network.layers.length - 1]);
  for (let k = network.layers.length - 1; k >= 0; k--)
    if (needed.has(k)) for (const source of sources[k]) needed.add(source);
  return needed;
}

/**
 * Layers that write their inputs into several rows: a long expression gets a column of its own before them. A bend has
 * one row only.
 */
function usesInputsTwice(layer: Layer): boolean {
  return (
    isAffine(layer) || layer.kind === 'maxPool2d' || (layer.kind === 'activation' && !isContinuous(piecesOf(layer)))
  );
}

/**
 * Proven bounds replace those that the encoder found by itself: they are tighter, and rounded outwards. A constant that
 * the encoder has summed up keeps its interval too, so that nothing is decided by its last digit. The same holds for
 * the step of which all computed numbers are multiples.
 */
function bounded(signal: Signal, { layers, rounding }: NetworkBounds, k: number, errors: Float64Array): Signal {
  const { lower, upper } = layers[k];
  const steps = rounding?.[k]?.steps;
  if (errors.every((error) => error === 0) && signal.kind === 'known') return signal;
  const isExact = (unit: Unit, i: number) =>
    unit.expression.columns.length === 0 && errors[i] === 0 && (unit.error ?? 0) === 0;
  const units = unitsOf(signal).map((unit, i) =>
    isExact(unit, i) ? unit : { ...unit, lower: lower[i], upper: upper[i], step: steps?.[i] },
  );
  return { kind: 'units', shape: signal.shape, units };
}

/** The units with the rounding errors of the runtime in a layer, and in the inputs of an affine one. */
function withRuntimeErrors(
  map: LayerMap,
  after: Signal,
  before: readonly Unit[],
  bounds: NetworkBounds,
  k: number,
): Signal {
  if (map.kind !== 'affine' && map.kind !== 'elementwise') return after;
  if (map.kind === 'elementwise' && map.layer.kind === 'activation' && map.arithmetic === undefined) return after;
  const own = errorsOf(map, bounds, k);
  const { lower, upper } = bounds.layers[k];
  let lost = false;
  const units = unitsOf(after).map((unit, j) => {
    let error = own[j];
    // An activation has columns for its inputs, which stand for the numbers that the runtime computed.
    if (map.kind === 'elementwise' && map.layer.kind === 'activation') {
      if (isConstant(unit.expression)) error = 0;
    } else if (map.kind === 'affine')
      for (let e = map.starts[j]; e < map.starts[j + 1]; e++)
        error += Math.abs(map.values[e]) * (before[map.indices[e]].error ?? 0) * (1 + 2 ** -40);
    // Of a quantize layer, the runtime has the level rounded; a known input may be on either side of a jump.
    else if (map.layer.kind === 'quantize' && map.arithmetic !== undefined)
      error = isConstant(unit.expression)
        ? Math.max(unit.expression.constant - lower[j], upper[j] - unit.expression.constant)
        : quotientError(map.layer) * Math.max(Math.abs(lower[j]), Math.abs(upper[j]));
    else error = 0;
    lost ||= error > 0;
    return error > 0 ? { ...unit, error } : unit;
  });
  return lost ? { kind: 'units', shape: after.shape, units } : after;
}

/**
 * With the bounds after a quantize layer, which include the side of a jump that the runtime may take, and the rounding
 * before it.
 */
function roundedBefore(signal: Signal, { lower, upper }: Box, errors: Float64Array): Signal {
  if (signal.kind === 'known') return signal;
  const units = signal.units.map((unit, i) => {
    const error = (unit.error ?? 0) + errors[i];
    return { ...unit, lower: lower[i], upper: upper[i], ...(error > 0 && { error }) };
  });
  return { ...signal, units };
}

function requireBoundsFor(network: Network, input: Box, bounds: NetworkBounds): void {
  if (bounds.layers.length !== network.layers.length) {
    throw new EncodingError(
      'shape',
      `bounds on ${bounds.layers.length} layers for a network of ${network.layers.length}: compute them ` +
        'for this network',
    );
  }
  const outside = input.lower.findIndex(
    (lower, i) => !(lower >= bounds.input.lower[i] && input.upper[i] <= bounds.input.upper[i]),
  );
  if (outside >= 0) {
    throw new EncodingError(
      'bounds',
      `the bounds were proven for input ${outside} in ` +
        `[${bounds.input.lower[outside]}, ${bounds.input.upper[outside]}], ` +
        `but the box has [${input.lower[outside]}, ${input.upper[outside]}]: compute them for this box`,
    );
  }
}
