// Tested by front-bound.unit.test.ts.
import { boundsBefore, errorsOf, magnitudes, roundOff, type Box, type NetworkBounds } from '@mipnet/bounds';
import type { PlacedMap } from '@mipnet/network';
import { constantAt, isConstant } from '../live-units.js';
import { sumOf, type AffineForm } from './affine-form.js';
import { affine, type Front } from './find-front.js';
import { possibleMaxima, possiblePieces, type PlacedPiece } from './possible.js';

/** How a number is made of others, by their numbers. */
export type Recipe = SumRecipe | UnitRecipe | MaximumRecipe;

export interface SumRecipe {
  readonly kind: 'sum';
  readonly of: readonly number[];
  readonly weights: readonly number[];
  readonly constant: number;
  readonly error: number;
  /** How many terms the sum has, constants included. */
  readonly operations: number;
}

export interface UnitRecipe {
  readonly kind: 'unit';
  readonly of: readonly [number];
  /** Those that bounds leave open. */
  readonly pieces: readonly PlacedPiece[];
  readonly error: number;
}

export interface MaximumRecipe {
  readonly kind: 'maximum';
  /** Those that bounds leave open, at least two. */
  readonly of: readonly number[];
}

/**
 * The numbers of a front, counted: inputs first, then layer by layer. So a number comes after those that it is made of.
 */
export class FrontNumbers {
  readonly #bases: number[] = [];
  readonly #errors = new Map<number, Float64Array>();
  /** Bounds on what each layer reads. */
  readonly #boxes = new Map<number, Box>();
  readonly #known = new Map<number, AffineForm>();
  readonly #magnitudes: Float64Array;
  /** Bounds of forms that were computed so far: what the front costs. */
  work = 0;

  constructor(
    readonly maps: readonly PlacedMap[],
    readonly bounds: NetworkBounds,
    readonly front: Front,
  ) {
    this.#magnitudes = magnitudes(bounds.input);
    let next = bounds.input.lower.length;
    for (const map of maps) {
      this.#bases.push(next);
      next += map.outputs;
    }
  }

  numberOf(layer: number, at: number): number {
    return layer < 0 ? at : this.#bases[layer] + at;
  }

  groupOf(number: number): number {
    const { layer, at } = this.#placeOf(number);
    return layer < 0 ? affine : this.front.groups[layer][at];
  }

  /** Of a number that is no input. */
  recipeOf(number: number): Recipe {
    const { layer, at } = this.#placeOf(number);
    const map = this.maps[layer];
    const box = this.#boxBefore(layer);
    switch (map.kind) {
      case 'identity':
        return copyOf(this.#readBy(layer, at));
      case 'maximum': {
        const of = possibleMaxima(map, at, box).map((i) => this.#readBy(layer, i));
        return of.length === 1 ? copyOf(of[0]) : { kind: 'maximum', of };
      }
      case 'elementwise': {
        const pieces = possiblePieces(map, box.lower[at], box.upper[at]) ?? [];
        return { kind: 'unit', of: [this.#readBy(layer, at)], pieces, error: this.#errorsOf(layer)[at] };
      }
      case 'affine': {
        const { starts, indices, values, bias } = map;
        const [of, weights]: [number[], number[]] = [[], []];
        let [constant, size, error] = [bias[at], Math.abs(bias[at]), this.#errorsOf(layer)[at]];
        for (let e = starts[at]; e < starts[at + 1]; e++) {
          if (values[e] === 0) continue;
          if (!isConstant(box, indices[e])) {
            of.push(this.#readBy(layer, indices[e]));
            weights.push(values[e]);
            continue;
          }
          const known = constantAt(box, indices[e]);
          constant += values[e] * known.value;
          size += Math.abs(values[e] * known.value);
          error += Math.abs(values[e]) * known.error;
        }
        const operations = starts[at + 1] - starts[at];
        error += roundOff(operations, size + error);
        return { kind: 'sum', of, weights, constant, error, operations };
      }
    }
  }

  /** Of a number without undecided units before it. */
  affineForm(number: number): AffineForm {
    const before = this.#known.get(number);
    if (before !== undefined) return before;
    const { layer, at } = this.#placeOf(number);
    const form: AffineForm =
      layer < 0
        ? { coefficients: new Map([[at, 1]]), constant: 0, error: 0, size: this.#magnitudes[at] }
        : this.#decided(this.recipeOf(number));
    this.#known.set(number, form);
    return form;
  }

  #decided(recipe: Recipe): AffineForm {
    const of = (number: number): AffineForm => this.affineForm(number);
    if (recipe.kind === 'sum') return sumForm(recipe, of);
    if (recipe.kind === 'unit' && recipe.pieces.length === 1) return pieceForm(recipe, recipe.pieces[0], of);
    throw new RangeError('a number without undecided units before it has an undecided unit');
  }

  #placeOf(number: number): { readonly layer: number; readonly at: number } {
    let layer = this.#bases.length - 1;
    while (layer >= 0 && this.#bases[layer] > number) layer--;
    return { layer, at: layer < 0 ? number : number - this.#bases[layer] };
  }

  /** The number that a layer reads at a position of its sources, one after the other. */
  #readBy(layer: number, position: number): number {
    let start = position;
    for (const source of this.maps[layer].sources) {
      const width = source < 0 ? this.bounds.input.lower.length : this.maps[source].outputs;
      if (start < width) return this.numberOf(source, start);
      start -= width;
    }
    throw new RangeError(`layer ${layer} reads no position ${position}`);
  }

  #boxBefore(layer: number): Box {
    let box = this.#boxes.get(layer);
    if (box === undefined) this.#boxes.set(layer, (box = boundsBefore(this.bounds, this.maps[layer].sources)));
    return box;
  }

  #errorsOf(layer: number): Float64Array {
    const map = this.maps[layer];
    let errors = this.#errors.get(layer);
    if (errors === undefined) {
      const isRounded = map.kind === 'affine' || map.kind === 'elementwise';
      errors = isRounded ? errorsOf(map, this.bounds, layer) : new Float64Array(map.outputs);
      this.#errors.set(layer, errors);
    }
    return errors;
  }
}

const copyOf = (of: number): SumRecipe => ({
  kind: 'sum',
  of: [of],
  weights: [1],
  constant: 0,
  error: 0,
  operations: 1,
});

/** The form of a sum from the forms of its terms. */
export const sumForm = (recipe: SumRecipe, formOf: (number: number) => AffineForm): AffineForm =>
  sumOf(
    recipe.of.map((number, k) => ({ form: formOf(number), weight: recipe.weights[k] })),
    recipe.constant,
    recipe.error,
    recipe.operations,
  );

/** The form of a unit on one of its pieces. */
export const pieceForm = (
  { of: [read], error }: UnitRecipe,
  { slope, offset }: PlacedPiece,
  formOf: (number: number) => AffineForm,
): AffineForm => sumOf(slope === 0 ? [] : [{ form: formOf(read), weight: slope }], offset, error);
