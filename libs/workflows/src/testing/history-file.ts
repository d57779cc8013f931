import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;

/** A workflow's history as JSON, for a file. */
export const writeHistory = (history: temporal.api.history.v1.IHistory): string =>
  `${JSON.stringify(History.toObject(History.create(history), { longs: String, enums: String, bytes: String }), null, 1)}\n`;

/** @throws SyntaxError when the text is not JSON */
export const readHistory = (text: string): temporal.api.history.v1.IHistory =>
  History.fromObject(JSON.parse(text) as object);
