import { CliError } from '../cli-error.js';

/** What a server or a record says of one run is not what mipnet writes; it says nothing about other runs. */
export class UnreadableRunError extends CliError {}
