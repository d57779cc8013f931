// Tested by damaged-model.unit.test.ts.
import protobuf from 'protobufjs/minimal.js';
import { NetworkError } from '../network-error.js';

/** Fields of a message by number: the name of the message a field holds, or the scalar type. */
export type WireFields = ReadonlyMap<number, { readonly type: string; readonly isMessage: boolean }>;

/** Memory of decoded parts, bytes: measured with Node 20, rounded up. */
const cost = { message: 600, field: 100, float: 32, integer: 96 };
const most = 2 ** 29;

/**
 * Walks through a protocol buffer before it is decoded. A part of two bytes becomes an object of hundreds, so that 60
 * MB of empty parts would take 18 GB; here they are counted first.
 * @param messages the fields of each message type
 * @throws NetworkError 'unsupported' if it would decode to too much; an Error of the reader if it is cut off or
 *   malformed
 */
export function checkWire(bytes: Uint8Array, messages: ReadonlyMap<string, WireFields>, root: string): void {
  const reader = protobuf.Reader.create(bytes);
  let left = most;
  const take = (amount: number): void => {
    left -= amount;
    if (left < 0)
      throw new NetworkError(
        'unsupported',
        'the model has too many small parts (nodes, names, numbers that are not stored as raw data): ' +
          'decoded they would take more than 512 MiB',
      );
  };

  // The schema nests to a fixed depth: no message contains itself.
  const walk = (type: string, end: number): void => {
    const fields = messages.get(type) as WireFields;
    take(cost.message);
    while (reader.pos < end) {
      const tag = reader.uint32();
      const [wire, field] = [tag & 7, fields.get(tag >>> 3)];
      if (tag >>> 3 === 0) throw new Error('a field has the number 0');
      if (wire === 3 || wire === 4) throw new Error('groups are no part of the format');
      if (field === undefined) {
        reader.skipType(wire);
        continue;
      }
      take(cost.field);
      if (wire !== 2) {
        reader.skipType(wire);
        continue;
      }
      const length = reader.uint32();
      const last = reader.pos + length;
      if (last > end) throw new Error('a part is longer than what contains it');
      if (field.isMessage) walk(field.type, last);
      else take(packedCost(field.type, length));
      reader.pos = last;
    }
    if (reader.pos > end) throw new Error('a part is longer than what contains it');
  };
  walk(root, reader.len);
}

/** Texts and raw data stay unchanged; packed numbers become elements of an array. */
function packedCost(type: string, length: number): number {
  if (type === 'string') return length;
  if (type === 'float') return (length / 4) * cost.float;
  if (type === 'double') return (length / 8) * cost.float;
  return type === 'bytes' ? 0 : length * cost.integer;
}
