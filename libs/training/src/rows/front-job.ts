// Tested by materialize.int.test.ts.
import type { Features, Samples } from '@mipnet/dataset';
import { serveJobs } from '@mipnet/solver';
import { frontRunner, type FrontRunner, type FrontTask } from './front-runner.js';

// Runs in a thread: the outputs of frozen layers for one chunk of rows after the other.

let front: FrontRunner | undefined;

serveJobs<FrontTask, Samples, Features>(async (samples, task) => (front ??= frontRunner(task)).through(samples));
