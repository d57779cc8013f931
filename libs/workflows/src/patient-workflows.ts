/**
 * For a worker of workflows: how long their code may take for one activation. After 5 s, the default, the SDK
 * interrupts the code, and Node.js then ends the whole thread ("async hook stack has become corrupted"). Seconds are
 * not enough on a busy machine: the first activation with 500 leaves takes half a second of a core. The code has no
 * endless loops, and the server gives a task that is late to a worker again. The types of the SDK leave the option out.
 */
export const patientWorkflows = { isolateExecutionTimeout: '10 minutes' } as const;
