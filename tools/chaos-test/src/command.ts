import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** As ./mipnet starts it, if `./mipnet test` has just built it. */
const { MIPNET_TEST_PROGRAMS: programs } = process.env;
const program = programs
  ? `${programs}/mipnet.js`
  : fileURLToPath(new URL('../../../apps/cli/dist/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `./mipnet ARGS` as a child process. @param onLine gets each piece that it says on stderr */
export function mipnet(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  onLine: (text: string) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
    onLine(text.toString());
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}
