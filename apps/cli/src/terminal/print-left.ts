import { mipnetCommand, plainJson } from '@mipnet/text';
import { exitCode } from '../program/exit-code.js';
import { say } from './say.js';

/** What `train --detach --json` prints: part of the command's contract. */
export interface LeftRun {
  readonly run: string;
  readonly workflowId: string;
  readonly uiUrl: string | null;
}

/** Prints the commands for a run that was left on its server. @returns the exit code */
export function printLeft(
  { run, uiUrl }: { readonly run: string; readonly uiUrl: string | null },
  json: boolean | undefined,
  out: string | undefined,
): number {
  say(
    `started; "${mipnetCommand('watch', run)}" shows it and writes its network${out === undefined ? '' : ` to ${out}`}`,
  );
  // The id alone, so that a script can read it: RUN=$(mipnet train --detach).
  const left: LeftRun = { run, workflowId: run, uiUrl };
  process.stdout.write(json ? plainJson(left) : `${run}\n`);
  return exitCode.done;
}
