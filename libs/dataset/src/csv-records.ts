// Tested by csv-reading.unit.test.ts.
import { CsvTokenizer } from './csv-tokenizer.js';
import { DatasetError } from './dataset-error.js';
import { findDelimiter, withoutSeparatorLine } from './delimiter.js';
import { sizeText } from './read-regular-file.js';
import { checkUtf8, decoderFor } from './table-encoding.js';
import { unpackedStream } from './unpacked-stream.js';

/** Largest table, unpacked, bytes. */
const mostTableBytes = 2 ** 32;
/** Longest record, bytes: a quote that is never closed would take the whole file. */
const mostRecordBytes = 2 ** 26;
const mostColumns = 100_000;

export interface CsvText {
  readonly path: string;
  /** One character, or `tab`. @default found out, see `findDelimiter` */
  readonly delimiter?: string;
  readonly encoding?: string;
}

export interface FoundText {
  readonly delimiter: string;
  /** Another delimiter also gives the first lines equally many cells. */
  readonly doubtful: boolean;
  readonly encoding: string;
}

/** Takes the record whose cells are bytes[record.starts[i]..record.ends[i]); the bytes are overwritten afterwards. */
export type TakeRecord = (bytes: Buffer, record: CsvTokenizer) => void;

/**
 * Goes through the records of a table once, as a stream. Memory: a few MiB, and the longest record.
 * @param begin gets what was found out from the first bytes, and gives what takes the records
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input' with the line
 */
export async function readRecords(text: CsvText, begin: (found: FoundText) => TakeRecord): Promise<void> {
  let take: TakeRecord | undefined;
  for await (const { found, each } of recordPieces(text)) {
    take ??= begin(found);
    each(take);
  }
}

export interface RecordPiece {
  readonly found: FoundText;
  /** Takes the records of the piece, before the next piece is asked for. */
  each(take: TakeRecord): void;
}

/** The same piece by piece, for readers that wait in between. Throws as `readRecords`. */
export async function* recordPieces(text: CsvText): AsyncGenerator<RecordPiece> {
  const { path } = text;
  let reading: { tokenizer: CsvTokenizer; found: FoundText } | undefined;
  let kept: Buffer = Buffer.alloc(0);
  for await (const { bytes, encoding, isLast } of withLineEnds(utf8Pieces(text))) {
    let buffer: Buffer = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
    if (reading === undefined) {
      const { utf8, delimiter: declared } = withoutSeparatorLine(buffer);
      buffer = utf8;
      const given = text.delimiter === 'tab' ? '\t' : text.delimiter;
      const delimiter = given ?? declared;
      const found = delimiter === undefined ? findDelimiter(buffer) : { delimiter, doubtful: false };
      reading = {
        tokenizer: new CsvTokenizer(path, found.delimiter, mostColumns),
        found: { ...found, encoding },
      };
    }
    const { tokenizer, found } = reading;
    const end = isLast ? buffer.length : lastLineEnd(buffer);
    checkUtf8(path, buffer.subarray(0, end), tokenizer.line, encoding);
    tokenizer.consumed = 0;
    yield {
      found,
      each: (take) => {
        for (let at = 0; at < end && (at = tokenizer.next(buffer, at, end, isLast)) >= 0;)
          if (tokenizer.cells > 0) take(buffer, tokenizer);
      },
    };
    kept = buffer.subarray(tokenizer.consumed);
    if (kept.length > mostRecordBytes)
      throw new DatasetError(
        'bad-input',
        `${path}, line ${tokenizer.line}: the row is longer than ${sizeText(mostRecordBytes)}, the most that is ` +
          'read. Is a quote not closed, or is this no table?',
      );
  }
}

interface Utf8Piece {
  readonly bytes: Buffer;
  readonly encoding: string;
  readonly isLast: boolean;
}

/** Joins pieces until one has a line end: a line of many pieces is joined once, not once a piece. */
async function* withLineEnds(pieces: AsyncIterable<Utf8Piece>): AsyncGenerator<Utf8Piece> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece.bytes);
    size += piece.bytes.length;
    if (!piece.isLast && size <= mostRecordBytes && lastLineEnd(piece.bytes) === 0) continue;
    yield { ...piece, bytes: held.length === 1 ? held[0] : Buffer.concat(held, size) };
    held = [];
    size = 0;
  }
}

/** Pieces that may be written into, the last one perhaps empty. */
async function* utf8Pieces({ path, encoding }: CsvText): AsyncGenerator<Utf8Piece> {
  let decoder: ReturnType<typeof decoderFor> | undefined;
  for await (const piece of unpackedStream(path, { most: mostTableBytes, fix: 'Fetch it again.' })) {
    decoder ??= decoderFor(path, piece, encoding);
    yield { bytes: decoder.decode(piece), encoding: decoder.encoding, isLast: false };
  }
  decoder ??= decoderFor(path, Buffer.alloc(0), encoding);
  yield { bytes: decoder.end(), encoding: decoder.encoding, isLast: true };
}

/** Just after the last line end: a character of several bytes holds none, so that whole lines are whole text. */
const lastLineEnd = (bytes: Buffer): number => Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d)) + 1;
