// The last step of building the worker.
import { buildWorkflowBundle } from './workflow-code.js';

await buildWorkflowBundle();
