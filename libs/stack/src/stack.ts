import type { StackError } from './stack-error.js';

/** A Temporal server with its workers, ready to run workflows. */
export interface Stack {
  /**
   * `environment`: TEMPORAL_ADDRESS or a profile names it; `kept`: `mipnet up` started it earlier; `own`: it was
   * started for this command and ends with it.
   */
  readonly kind: 'environment' | 'kept' | 'own';
  /** host:port */
  readonly address: string;
  readonly namespace: string;
  /** null for a server of the environment: only its owner knows the address of its UI. */
  readonly uiUrl: string | null;
  /** The store its workers read and write; for a kept stack, the one of `mipnet up`. */
  readonly storeUrl: string;
  /** Names of the solvers that its own workers have; left out: not known here. */
  readonly solvers?: readonly string[];
  /** Resolves, once, when the server or a worker cannot be kept running. Never rejects. */
  readonly broken: Promise<StackError>;
  /** Ends the processes that were started for this stack; a kept stack and a server of the environment keep running. */
  stop(): Promise<void>;
}
