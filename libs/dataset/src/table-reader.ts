import type { ColumnKind, ColumnUse, TableFile } from './table-file.js';
import type { TableHeader } from './table-options.js';

/** How a kind of file is read into columns. */
export interface TableReader {
  /**
   * @param uses the use of each column, asked when the header is known
   * @param like a table whose header and delimiter this one has
   * @throws DatasetError
   */
  read(
    path: string,
    uses: (header: TableHeader) => readonly ColumnUse[],
    notes: string[],
    like?: TableFile,
  ): Promise<TableFile>;
  /** The same table with its columns as these kinds say. */
  readAs(table: TableFile, kinds: ReadonlyMap<number, ColumnKind>): Promise<TableFile>;
}
