import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { spawnSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { DockerfileParser, type Copy, type From } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { infraFolder, readInfra, repositoryFolder } from './infra-files.js';

const text = await readInfra('docker/Dockerfile');
const file = DockerfileParser.parse(text);
const instructions = (keyword: string) =>
  file.getInstructions().filter((instruction) => instruction.getKeyword() === keyword);
const argumentsOf = (keyword: string) => instructions(keyword).at(-1)!.getArgumentsContent()!;

test('the Dockerfile has no mistake a linter finds', () => {
  expect(validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`)).toEqual([]);
});

test('the base image is Node 24 at the patch level that the tests run on', async () => {
  const tested = await readFile(join(repositoryFolder, 'tools/test/nodes.mjs'), 'utf8');
  const [, version] = /^const supportedNodes = .*\b24: '([\d.]+)'/m.exec(tested)!;
  expect(text).toContain(`\nARG NODE_IMAGE=node:${version}-bookworm-slim\n`);
  for (const from of instructions('FROM') as From[]) expect(from.getImage()).toBe('${NODE_IMAGE}');
});

test('the image runs as a numbered user that is not root, and knows whether it is healthy', () => {
  const stages = text.split(/^FROM /m);
  expect(stages.at(-1)).toMatch(/^USER 1000:1000$/m);
  expect(argumentsOf('HEALTHCHECK')).toContain('["node", "infra/docker/health.mjs"]');
  // A shell as process 1 would keep SIGTERM to itself, and the worker would not drain.
  expect(argumentsOf('ENTRYPOINT')).toBe('["node"]');
});

test('the image carries neither tools nor what only the compiler needs', () => {
  // Both stages that the last one copies from remove them; npm and the compiler needed them before.
  const stages = text.split(/^FROM /m).filter((stage) => / AS (dependencies|build)$/m.test(stage.split('\n')[0]!));
  expect(stages).toHaveLength(2);
  expect(stages[0]).toMatch(/rm -r tools\b/);
  expect(stages[1]).toMatch(/rm -r node_modules tools tsconfig\*\.json/);
  expect(stages[1]).toContain("-name 'tsconfig*.json'");
});

test('stages copy from stages of this file only, and what is run is in the repository', async () => {
  for (const copy of instructions('COPY') as Copy[]) {
    const from = copy
      .getFlags()
      .find((flag) => flag.getName() === 'from')
      ?.getValue();
    if (from) expect(['manifests', 'dependencies', 'build']).toContain(from);
  }
  for (const [program] of text.matchAll(/apps\/\w+\/dist\/[\w-]+\.js/g)) {
    expect(existsSync(join(repositoryFolder, program.replace('/dist/', '/src/').replace('.js', '.ts'))), program).toBe(
      true,
    );
  }
});

test('nothing secret or large gets into the build context', async () => {
  const lines = (await readFile(join(repositoryFolder, '.dockerignore'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  // All is left out first; what is wanted is then named.
  expect(lines[0]).toBe('*');
  for (const out of ['**/node_modules', '**/dist', '**/.env']) expect(lines).toContain(out);
  for (const wanted of lines.filter((line) => line.startsWith('!')))
    expect(existsSync(join(repositoryFolder, wanted.slice(1))), wanted).toBe(true);
});

test('the health check says well, unwell and unreachable', async () => {
  let status = 200;
  const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const script = join(infraFolder, 'docker', 'health.mjs');
  const check = async (url: string): Promise<number> => {
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, MIPNET_HEALTH_URL: url },
      stdio: 'ignore',
    });
    return ((await once(child, 'exit')) as [number])[0];
  };
  try {
    expect(await check(`http://127.0.0.1:${port}/healthz`)).toBe(0);
    status = 503;
    expect(await check(`http://127.0.0.1:${port}/healthz`)).toBe(1);
  } finally {
    server.close();
  }
  expect(await check('http://127.0.0.1:1/healthz')).toBe(1);
  expect(spawnSync(process.execPath, ['--check', script]).status).toBe(0);
});
