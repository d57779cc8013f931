import fc from 'fast-check';
import protobuf from 'protobufjs/light.js';
import { expect, test } from 'vitest';
import { WireFormat, type Messages } from './wire-format.js';

const messages: Messages = {
  Whole: {
    count: ['int64', 1],
    size: ['int32', 2],
    share: ['float', 3],
    exact: ['double', 4],
    name: ['string', 5],
    data: ['bytes', 6],
    part: ['Part', 7],
    parts: ['Part', 8, 'repeated'],
    counts: ['int64', 9, 'repeated'],
    shares: ['float', 10, 'repeated'],
    names: ['string', 11, 'repeated'],
  },
  Part: { value: ['int64', 1, 'choice'], text: ['string', 2, 'choice'] },
};
const format = new WireFormat(messages);

/** The same schema in protobufjs, which writes a program for it. */
const Whole = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      {
        fields: Object.fromEntries(
          Object.entries(fields).map(([field, [type, id, rule]]) => [
            field,
            { type, id, ...(rule === 'repeated' && { rule }) },
          ]),
        ),
        ...(name === 'Part' && { oneofs: { choice: { oneof: Object.keys(fields) } } }),
      },
    ]),
  ),
}).lookupType('Whole');
const expected = (bytes: Uint8Array): unknown => Whole.toObject(Whole.decode(bytes), { longs: Number });

const whole = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1));
const part = fc.oneof(fc.record({ value: whole }), fc.record({ text: fc.string() }), fc.constant({}));
const message = fc.record(
  {
    count: whole,
    size: fc.integer(),
    share: fc.float(),
    exact: fc.oneof(fc.double(), fc.constant(-0)),
    name: fc.string({ unit: 'grapheme' }),
    data: fc.uint8Array(),
    part,
    parts: fc.array(part),
    counts: fc.array(whole),
    shares: fc.array(fc.float()),
    names: fc.array(fc.string()),
  },
  { requiredKeys: [] },
);

test('writes the bytes that protobufjs writes, and reads what it reads', () => {
  fc.assert(
    fc.property(message, (value) => {
      const bytes = format.encode('Whole', value);
      expect(bytes).toEqual(Uint8Array.from(Whole.encode(value).finish()));
      expect(format.decode('Whole', bytes)).toEqual(expected(bytes));
    }),
  );
});

test('reads or refuses damaged bytes as protobufjs does', () => {
  const outcome = (decode: () => unknown): unknown => {
    try {
      return decode();
    } catch {
      return 'refused';
    }
  };
  fc.assert(
    fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), (value, changes) => {
      const bytes = format.encode('Whole', value);
      if (bytes.length > 0) for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      // Groups are refused before (`checkWire`).
      const read = outcome(() => format.decode('Whole', bytes));
      const known = outcome(() => expected(bytes));
      expect(read === 'refused' ? 'refused' : read).toEqual(known);
    }),
  );
});
