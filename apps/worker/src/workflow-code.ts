// Tested by ../../cli/src/e2e/verify.e2e.test.ts.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { createLogger } from './log.js';

/** Set by tools/package: beside the worker is the bundle, and not its code. */
declare const MIPNET_BUILD_ID: string | undefined;

/** The workflow code with everything it imports, as Temporal's sandbox loads it. Made when the worker is built. */
const bundlePath = fileURLToPath(new URL('../dist/workflow-bundle.js', import.meta.url));

const workflowPath = (): string => fileURLToPath(import.meta.resolve('@mipnet/workflows/workflow-types'));

/** About two seconds of work. Written all at once, as workers may start while another one builds. */
export async function buildWorkflowBundle(): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath: workflowPath(), logger: createLogger('WARN') });
  const unfinished = `${bundlePath}.${process.pid}`;
  await writeFile(unfinished, code);
  await rename(unfinished, bundlePath);
}

/** The path of the bundle. If it is missing or older than its code, it is made again, with a message. */
export async function workflowBundlePath(logger: Logger): Promise<string> {
  if (!isFresh()) {
    logger.warn('the workflow bundle is missing or old and is made now; building the worker does this beforehand', {
      bundlePath,
    });
    // In a process of its own: the bundler's memory is freed with it, and it fails here while stdin is a watched pipe.
    await promisify(execFile)(process.execPath, [
      fileURLToPath(new URL('../dist/build-workflow-bundle.js', import.meta.url)),
    ]);
  }
  return bundlePath;
}

function isFresh(): boolean {
  if (typeof MIPNET_BUILD_ID !== 'undefined') return true;
  if (!existsSync(bundlePath)) return false;
  const folders = [dirname(workflowPath()), dirname(fileURLToPath(import.meta.resolve('@mipnet/recursion')))];
  const sources = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.js'))
      .map((file) => join(folder, file)),
  );
  const { mtimeMs } = statSync(bundlePath);
  return sources.every((file) => statSync(file).mtimeMs <= mtimeMs);
}
