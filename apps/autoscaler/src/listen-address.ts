import { AutoscalerError } from './autoscaler-error.js';

/** Reads `HOST:PORT`, `[IPv6]:PORT`. @throws AutoscalerError 'bad-input' */
export function hostAndPort(listen: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:\[(?<six>[\da-f:]+)\]|(?<four>[^:]+)):(?<port>\d{1,5})$/i.exec(listen)?.groups;
  if (!parts || Number(parts.port) > 65_535) {
    const message = `'${listen}' is no address to listen on: give HOST:PORT, such as 127.0.0.1:9477`;
    throw new AutoscalerError('bad-input', message);
  }
  return { host: parts.six ?? parts.four, port: Number(parts.port) };
}

export function cannotListen(listen: string, cause: unknown): AutoscalerError {
  const message = `cannot listen on ${listen}: ${(cause as Error).message}; choose another address`;
  return new AutoscalerError('bad-input', message, { cause });
}
