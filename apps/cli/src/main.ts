#!/usr/bin/env node
// Tested by e2e/plan.e2e.test.ts.
import { exitCode } from './program/exit-code.js';
import { startRuntimeAhead } from './questions/runtime-ahead.js';

// A reader that needs no more lines (`mipnet --help | head`) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.done);
});

const words = process.argv.slice(2);
startRuntimeAhead(words);
const { runMipnet } = await import('./program/run-mipnet.js');
process.exitCode = await runMipnet(words);
