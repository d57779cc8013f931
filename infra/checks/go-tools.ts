import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findCompiled, findOnPath, goInstall, isExecutable, type GoProgram } from '@mipnet/stack';
import { mipnetPaths } from '@mipnet/stack/folders';

const run = promisify(execFile);

/** Programs that check the files of infra/. Compiling them takes minutes, once; see `findTool`. */
export const tools = {
  helm: { name: 'helm', module: 'helm.sh/helm/v3/cmd/helm@v3.22.0', cost: 'about 3 minutes, once' },
} satisfies Record<string, GoProgram>;

/** Long enough for a tool that has to be compiled on a slow machine, milliseconds. */
export const compileMilliseconds = 30 * 60_000;

/**
 * The path of a tool: $MIPNET_HELM_BIN and the like, then the one that was compiled earlier, then compiled now. What
 * lies on PATH may be another version with other answers, so it is not asked.
 */
export async function findTool(program: GoProgram): Promise<string> {
  const variable = `MIPNET_${program.name.toUpperCase().replaceAll('-', '_')}_BIN`;
  const named = process.env[variable];
  if (named) {
    if (await isExecutable(named)) return named;
    throw new Error(`${variable} is ${named}, which cannot be run; correct it or unset it`);
  }
  const folder = mipnetPaths().bin;
  const kept = await findCompiled(program, folder);
  if (kept !== undefined) return kept;
  return goInstall(program, { go: await findGo(), folder, onMessage: (line) => process.stderr.write(`${line}\n`) });
}

/**
 * The folder with the source of a Go module, `module@version`: schemas are published in such modules and nowhere else.
 */
export async function goModuleFolder(module: string): Promise<string> {
  const { stdout } = await run(await findGo(), ['mod', 'download', '-json', module], {
    env: { ...process.env, GOFLAGS: '-mod=mod' },
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

async function findGo(): Promise<string> {
  const go = await findOnPath('go', process.env.PATH);
  if (!go)
    throw new Error(
      'the files of infra/ are checked with tools written in Go, and there is no "go" on PATH: install it from https://go.dev/dl',
    );
  return go;
}
