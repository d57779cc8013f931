/** A name has no limit in the format, a message has. Characters. */
const longest = 80;

/**
 * A name from a model file, for a message: in quotes, cut if it is long, and with escapes for what a terminal would
 * obey or a reader could not see.
 */
export function quotedName(name: string): string {
  const cut = name.length > longest ? `${name.slice(0, longest)}...` : name;
  return `'${cut.replace(/\p{C}/gu, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`)}'`;
}
