import type { PortableError } from './portable-error.js';

/** From a slot's owner to its thread: a job, or what jobs to come will need. */
export type JobRequest = { readonly input: unknown } | { readonly notice: unknown };

/** From a thread to its owner: the posts of the job, then its result or its error. */
export type JobMessage =
  | { readonly kind: 'posted'; readonly value: unknown }
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: PortableError };

export interface SlotData {
  /**
   * One 32-bit flag: 1 asks the job to return its incumbent. Shared, so that a solve that blocks the thread sees it.
   */
  readonly stopFlag: SharedArrayBuffer;
  readonly memoryMegabytes?: number;
  readonly data: unknown;
}
