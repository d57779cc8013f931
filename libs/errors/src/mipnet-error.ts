/**
 * Who can mend it. `input`: the person who gave a file, a plan or a setting. `environment`: whoever runs the machine,
 * the server or the store; trying again may help. `program`: mipnet or a solver is wrong.
 */
export type Blame = 'input' | 'environment' | 'program';

/** An error that mipnet itself raises: a closed set of codes per class, each with its blame. */
export abstract class MipnetError<Code extends string = string> extends Error {
  constructor(
    readonly code: Code,
    readonly blame: Blame,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** By its property and not by `instanceof`: an error that comes out of a solver thread has lost its class. */
export function blameOf(error: unknown): Blame | undefined {
  const { blame } = (error ?? {}) as { blame?: unknown };
  return blame === 'input' || blame === 'environment' || blame === 'program' ? blame : undefined;
}
