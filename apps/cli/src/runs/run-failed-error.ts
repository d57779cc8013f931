import { CliError } from '../cli-error.js';

/** The run itself ended without a result; unlike a server that does not answer, which says nothing about the run. */
export class RunFailedError extends CliError {}
