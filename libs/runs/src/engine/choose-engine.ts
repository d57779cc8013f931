import type { ObjectStore } from '@mipnet/object-store';
import { startStack, type Stack } from '@mipnet/stack';
import { RunError } from '../run-error.js';
import { LocalEngine } from './local-engine.js';
import type { Engine } from './engine.js';
import type { TemporalEngine } from './temporal-engine.js';

export interface EngineChoice {
  /** auto: Temporal where a server can be had, else this process, said. */
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly store: ObjectStore;
  readonly storeUrl: string;
  readonly slots: number;
  /** Of the run: where a server of its own keeps its database. */
  readonly runFolder?: string;
  readonly say: (line: string) => void;
}

/** Parts under way at once, as a multiple of the slots: enough that no slot waits for the next. */
const windowPerSlot = 4;
/** Slots of a cluster are not known here. */
const clusterWindow = 500;

export async function chooseEngine({ engine, store, storeUrl, slots, runFolder, say }: EngineChoice): Promise<Engine> {
  if (engine === 'local') return new LocalEngine(store, slots);
  try {
    const stack = await startStack({ storeUrl, slots, runFolder, onMessage: say });
    if (stack.storeUrl !== storeUrl) {
      await stack.stop();
      throw new RunError(
        'failed',
        `a stack that stores in ${stack.storeUrl} came up while this run was prepared for ${storeUrl}; run it again`,
      );
    }
    return await engineOn(stack, slots, say);
  } catch (error) {
    if (engine === 'temporal' || (error as { code?: unknown }).code !== 'no-binary') throw error;
    say(`no Temporal server, so this runs in this process, with the same result: ${(error as Error).message}`);
    return new LocalEngine(store, slots);
  }
}

/** The engine on a stack that is there; the stack is stopped when it cannot be reached. */
export async function engineOn(stack: Stack, slots: number, say: (line: string) => void): Promise<TemporalEngine> {
  const { TemporalEngine } = await import('./temporal-engine.js');
  const window = stack.kind === 'own' ? windowPerSlot * slots : clusterWindow;
  return TemporalEngine.connect(stack, window, say).catch(async (error: unknown) => {
    await stack.stop();
    throw error;
  });
}
