import { DefaultLogger, type LogEntry, type LogLevel } from '@temporalio/worker';

/** Fields without use for a reader, or with which a reader could answer in an activity's name. */
const hidden = new Set(['taskToken', 'base64TaskToken']);

function jsonSafe(key: string, value: unknown): unknown {
  if (hidden.has(key)) return undefined;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    return { name, message, ...('code' in value ? { code: value.code } : {}), stack, cause };
  }
  return value;
}

/** One JSON object per line, on stderr: stdout says `ready` and nothing else. */
export const formatEntry = ({ timestampNanos, level, message, meta }: LogEntry): string =>
  JSON.stringify(
    { time: new Date(Number(timestampNanos / 1_000_000n)).toISOString(), level, message, ...meta },
    jsonSafe,
  );

export const createLogger = (level: LogLevel = 'INFO'): DefaultLogger =>
  new DefaultLogger(level, (entry) => void process.stderr.write(`${formatEntry(entry)}\n`));
