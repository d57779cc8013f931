import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Row } from './measurement.js';
import type { MeasuredLog } from './run-study.js';

/**
 * Measurements in a file, one JSON document per line, written at once: the next run continues after the last complete
 * line, whatever ended the process.
 */
export function openFileLog(file: string): MeasuredLog & { readonly count: number } {
  const rows = new Map<string, Row>();
  if (existsSync(file)) {
    const text = readFileSync(file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
    for (const line of whole.split('\n')) {
      if (line === '') continue;
      const { key, ...row } = JSON.parse(line) as Row & { key: string };
      rows.set(key, row);
    }
  } else mkdirSync(dirname(file), { recursive: true });
  return {
    get count() {
      return rows.size;
    },
    get: (key) => rows.get(key),
    add: (key, row) => {
      rows.set(key, row);
      appendFileSync(file, `${JSON.stringify({ key, ...row })}\n`);
    },
  };
}
