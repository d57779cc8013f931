/** `./mipnet test all`: also what takes too long for every change. */
export const isNightly = process.env.MIPNET_NIGHTLY === '1';

/** Of many cases of one sort every `step`-th, or at night all. */
export const someOf = <Case>(cases: readonly Case[], step: number): readonly Case[] =>
  isNightly ? cases : cases.filter((_, at) => at % step === 0);
