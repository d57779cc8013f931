import { attributeType, type OnnxAttribute } from './schema.js';

export const integer = (name: string, i: number): OnnxAttribute => ({ name, i, type: attributeType.int });

export const float = (name: string, f: number): OnnxAttribute => ({ name, f, type: attributeType.float });

export const integers = (name: string, ints: readonly number[]): OnnxAttribute => ({
  name,
  ints,
  type: attributeType.ints,
});
