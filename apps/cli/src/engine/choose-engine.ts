import type { ObjectStore } from '@mipnet/object-store';
import { startStack } from '../stack/stack.js';
import { CliError } from '../cli-error.js';
import { LocalEngine } from './local-engine.js';
import type { Engine } from './engine.js';

export interface EngineChoice {
  /** auto: Temporal where a server can be had, else this process, said. */
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly store: ObjectStore;
  readonly storeUrl: string;
  readonly slots: number;
  readonly say: (line: string) => void;
}

/** Parts under way at once, as a multiple of the slots: enough that no slot waits for the next. */
const windowPerSlot = 4;
/** Slots of a cluster are not known here. */
const clusterWindow = 500;

export async function chooseEngine({ engine, store, storeUrl, slots, say }: EngineChoice): Promise<Engine> {
  if (engine === 'local') return new LocalEngine(store, slots);
  try {
    const stack = await startStack({ storeUrl, slots, onMessage: say });
    if (stack.storeUrl !== storeUrl) {
      await stack.stop();
      throw new CliError('failed', `a stack that stores in ${stack.storeUrl} came up while this run was prepared for ${storeUrl}; run it again`);
    }
    const { TemporalEngine } = await import('./temporal-engine.js');
    const window = stack.kind === 'own' ? windowPerSlot * slots : clusterWindow;
    return await TemporalEngine.connect(stack, window, say).catch(async (error: unknown) => {
      await stack.stop();
      throw error;
    });
  } catch (error) {
    if (engine === 'temporal' || (error as { code?: unknown }).code !== 'no-binary') throw error;
    say(`no Temporal server, so this runs in this process, with the same result: ${(error as Error).message}`);
    return new LocalEngine(store, slots);
  }
}
