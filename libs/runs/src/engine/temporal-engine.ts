// Tested by ../../../../apps/cli/src/e2e/progress.e2e.test.ts.
import type { Solved } from '@mipnet/recursion';
import type { Stack } from '@mipnet/stack';
import type { Engine, EngineRun } from './engine.js';
import { RunServer, type RunToStart } from '../server/run-server.js';

/** The recursion as a Temporal workflow. This process only starts it, watches, and takes its result. */
export class TemporalEngine implements Engine {
  readonly kind = 'temporal';

  private constructor(
    private readonly stack: Stack,
    readonly server: RunServer,
    private readonly window: number,
    private readonly say: (line: string) => void,
  ) {}

  /** @param window parts of a node in progress at once */
  static async connect(stack: Stack, window: number, say: (line: string) => void): Promise<TemporalEngine> {
    const { kind, address, namespace, uiUrl } = stack;
    return new TemporalEngine(stack, await RunServer.connect({ kind, address, namespace, uiUrl }, say), window, say);
  }

  uiUrlOf(run: string): string | null {
    return this.server.uiUrlOf(run);
  }

  async start(run: RunToStart): Promise<void> {
    await this.server.start(run, this.window);
    const page = this.uiUrlOf(run.run);
    // A server of its own ends with the command that started it.
    if (page) this.say(`watch it at ${page}${this.server.place.kind === 'own' ? ' until this command ends' : ''}`);
  }

  async run(run: EngineRun): Promise<Solved> {
    await this.start(run);
    return this.server.watch(run.run, { onProgress: run.onProgress, signal: run.signal, broken: this.stack.broken });
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.stack.stop();
  }
}
