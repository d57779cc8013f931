import type { Fault, ProxiedRequest } from '@mipnet/test-servers';

/** Faults of a request on its way to S3 and back. */
const faults: readonly Fault[] = [
  { kind: 'slow', milliseconds: 400 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, code: 'SlowDown' },
  { kind: 'reset' },
  { kind: 'lost-answer' },
  { kind: 'truncate', after: 100 },
  { kind: 'silent-cut', after: 100 },
  { kind: 'flip-answer', at: 70, silent: false },
  { kind: 'flip-answer', at: 70, silent: true },
  { kind: 'flip-request', at: 70 },
];

/** Disturbs about this fraction of the requests, each with the next fault of the list, so that all faults occur. */
export function sometimes(
  share: number,
  count: (fault: Fault) => void,
): (request: ProxiedRequest) => Fault | undefined {
  const every = Math.round(1 / share);
  let requests = 0;
  let spoiled = 0;
  return () => {
    if (++requests % every !== 0) return undefined;
    const fault = faults[spoiled++ % faults.length];
    count(fault);
    return fault;
  };
}
