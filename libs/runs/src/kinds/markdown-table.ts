/** Two columns without a header. A value must not end its row. */
export const markdownTable = (rows: readonly (readonly string[])[]): string =>
  [
    '| | |',
    '| --- | --- |',
    ...rows.map((row) => `| ${row.map((cell) => cell.replace(/[\n\r|]+/g, ' ')).join(' | ')} |`),
  ].join('\n');
