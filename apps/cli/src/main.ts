#!/usr/bin/env node
// Tested by e2e/plan.e2e.test.ts.
import { exitCode } from './program/exit-code.js';
import { runMipnet } from './program/run-mipnet.js';

// A reader that needs no more lines (`mipnet --help | head`) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.done);
});

process.exitCode = await runMipnet(process.argv.slice(2));
