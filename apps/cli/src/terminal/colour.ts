import { styleText } from 'node:util';

/** Whether a stream gets colours: NO_COLOR and FORCE_COLOR decide, otherwise only a terminal that has them does. */
export function wantsColour(
  stream: Pick<NodeJS.WriteStream, 'isTTY'> & { hasColors?(): boolean },
  { NO_COLOR: no, FORCE_COLOR: force }: NodeJS.ProcessEnv = process.env,
): boolean {
  if (no !== undefined && no !== '') return false;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return stream.isTTY === true && (stream.hasColors?.() ?? false);
}

export type Paint = (style: 'bold' | 'dim' | 'cyan' | 'green' | 'yellow' | 'red', text: string) => string;

/** Styles text for a stream, or leaves it as it is. */
export const painter = (stream: NodeJS.WriteStream, env?: NodeJS.ProcessEnv): Paint =>
  wantsColour(stream, env) ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
