import { kernelBytes } from './kernel-bytes.js';

/** The compiled text of dense-matrix.wat on the memory of one matrix. Addresses are in bytes. */
interface Kernel {
  readonly addRows: (rowBytes: number, weights: number, weightsEnd: number, addresses: number, target: number) => void;
  readonly multiply: (matrix: number, rowBytes: number, from: number, to: number, toEnd: number) => void;
}

// The compiler's own declarations of WebAssembly belong to browsers.
interface WasmModule {
  readonly isModule?: never;
}
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly matrix: { readonly memory: WasmMemory } },
  ) => { readonly exports: Kernel };
};

/** With fewer numbers, copying the vectors to the memory of WebAssembly and back takes too much of the time. */
const fewest = 128;

/** The kernel, compiled once per thread. */
let compiled: WasmModule | undefined;

/**
 * A full matrix W of rows x columns for thousands of products with vectors. They run as WebAssembly on two numbers at a
 * time, which takes a third of the time of a loop over the same numbers. The numbers are copied at the first product,
 * to a memory of WebAssembly that belongs to this matrix alone and is collected with it.
 */
export class DenseMatrix {
  #numbers: Float64Array | undefined;
  #space: Space | undefined;

  /** @param numbers row-major */
  constructor(
    readonly rows: number,
    readonly columns: number,
    numbers: Float64Array,
  ) {
    this.#numbers = numbers;
  }

  /** Whether products are faster than over the rows without their zeros: not if it is small or sparse. */
  static suits(rows: number, columns: number, nonZeros: number): boolean {
    return rows * columns >= fewest && 2 * nonZeros > rows * columns;
  }

  /**
   * target += weights . W
   *
   * Each sum adds the products of the rows one after the other, as they stand in W.
   * @param weights one per row  @param target one number per column
   */
  addRows(weights: Float64Array, target: Float64Array): void {
    const { kernel, listed, along, result, addresses, rowBytes } = this.#opened();
    listed.set(weights);
    along.set(target);
    const start = listed.byteOffset;
    kernel.addRows(rowBytes, start, start + 8 * this.rows, addresses, along.byteOffset);
    target.set(result);
  }

  /**
   * to = W . from + bias
   *
   * @param from one number per column  @param bias and `to`: one per row
   */
  multiply(from: Float64Array, bias: Float64Array, to: Float64Array): void {
    const { kernel, listed, along, rowBytes } = this.#opened();
    along.set(from);
    // Sums that overflowed may have left no number there, and that times zero is none either.
    along.fill(0, this.columns);
    const start = listed.byteOffset;
    kernel.multiply(0, rowBytes, along.byteOffset, start, start + 8 * listed.length);
    for (let row = 0; row < this.rows; row++) to[row] = listed[row] + bias[row];
  }

  #opened(): Space {
    if (this.#space === undefined) {
      this.#space = spaceFor(this.rows, this.columns, this.#numbers!);
      this.#numbers = undefined;
    }
    return this.#space;
  }
}

/** The memory of a matrix: its rows, from address 0; a number per row; a number per column; an address per row. */
interface Space {
  readonly kernel: Kernel;
  readonly rowBytes: number;
  /** A multiple of 8 numbers. */
  readonly listed: Float64Array;
  /** A multiple of 2 numbers: those beyond the columns meet zeros. */
  readonly along: Float64Array;
  /** Those of the columns. */
  readonly result: Float64Array;
  readonly addresses: number;
}

const pageBytes = 65536;

function spaceFor(rows: number, columns: number, numbers: Float64Array): Space {
  const height = 8 * Math.ceil(rows / 8);
  const width = 2 * Math.ceil(columns / 2);
  const matrixBytes = 8 * height * width;
  const bytes = matrixBytes + 12 * height + 8 * width;
  const pages = Math.ceil(bytes / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { buffer } = memory;
  const matrix = new Float64Array(buffer, 0, height * width);
  for (let row = 0; row < rows; row++) matrix.set(numbers.subarray(row * columns, (row + 1) * columns), row * width);
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelBytes), (letter) => letter.charCodeAt(0)));
  return {
    kernel: new WebAssembly.Instance(compiled, { matrix: { memory } }).exports,
    rowBytes: 8 * width,
    listed: new Float64Array(buffer, matrixBytes, height),
    along: new Float64Array(buffer, matrixBytes + 8 * height, width),
    result: new Float64Array(buffer, matrixBytes + 8 * height, columns),
    addresses: matrixBytes + 8 * (height + width),
  };
}
