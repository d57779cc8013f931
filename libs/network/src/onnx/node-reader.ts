// Tested by damaged-model.unit.test.ts.
import { NetworkError } from '../network-error.js';
import type { NetworkErrorCode } from '../network-error.js';
import { quotedName } from './quoted-name.js';
import type { ReadingBudget } from './reading-budget.js';
import { attributeType } from './schema.js';
import type { OnnxAttribute, OnnxNode } from './schema.js';
import { readTensor } from './tensor.js';
import type { Constant } from './tensor.js';

/**
 * Reads the attributes of one node and remembers which were asked for: an attribute that nobody read would change the
 * meaning of the node unnoticed, so `finish` refuses it.
 */
export class NodeReader {
  readonly opType: string;
  /** The operator as a message writes it. */
  readonly kind: string;
  readonly label: string;
  /** How many outputs it has. */
  readonly outputs: number;
  readonly #attributes: Map<string, OnnxAttribute>;
  readonly #unread: Set<string>;

  /** @param budget of the whole model, which this node draws on, too */
  constructor(
    node: OnnxNode,
    readonly budget: ReadingBudget,
  ) {
    this.opType = node.opType ?? '';
    this.kind = /^\w{1,60}$/.test(this.opType) ? this.opType : quotedName(this.opType);
    this.label = `${this.kind} node ${quotedName(node.name || (node.output?.[0] ?? ''))}`;
    this.outputs = node.output?.length ?? 0;
    this.#attributes = new Map((node.attribute ?? []).map((attribute) => [attribute.name ?? '', attribute]));
    this.#unread = new Set(this.#attributes.keys());
  }

  refuse(message: string, code: NetworkErrorCode = 'unsupported'): never {
    throw new NetworkError(code, `${this.label}: ${message}`);
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  int(name: string, standard: number): number {
    return this.#read(name, attributeType.int)?.i ?? (this.has(name) ? 0 : standard);
  }

  float(name: string, standard: number): number {
    return this.#read(name, attributeType.float)?.f ?? (this.has(name) ? 0 : standard);
  }

  ints(name: string): readonly number[] | undefined {
    const attribute = this.#read(name, attributeType.ints);
    return attribute && (attribute.ints ?? []);
  }

  floats(name: string): readonly number[] | undefined {
    const attribute = this.#read(name, attributeType.floats);
    return attribute && (attribute.floats ?? []);
  }

  text(name: string, standard: string): string {
    const attribute = this.#read(name, attributeType.string);
    return attribute === undefined ? standard : new TextDecoder().decode(attribute.s);
  }

  tensor(name: string): Constant | undefined {
    const attribute = this.#read(name, attributeType.tensor);
    return attribute && readTensor(attribute.t ?? {}, this.budget, `${name} of ${this.label}`);
  }

  /** Attributes that say nothing about inference. */
  ignore(...names: string[]): void {
    for (const name of names) this.#unread.delete(name);
  }

  finish(): void {
    const [name] = this.#unread;
    if (name !== undefined) this.refuse(`the attribute ${quotedName(name)} is not supported`);
  }

  #read(name: string, type: number): OnnxAttribute | undefined {
    this.#unread.delete(name);
    const attribute = this.#attributes.get(name);
    // Old writers leave the type out.
    if (attribute?.type && attribute.type !== type)
      this.refuse(`the attribute '${name}' has type ${attribute.type}, not ${type}`, 'onnx');
    return attribute;
  }
}
