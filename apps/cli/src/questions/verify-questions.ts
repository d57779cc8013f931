// Tested by ../e2e/verify.e2e.test.ts.
import type { AskedNetwork, QuestionOptions, Questions } from './asked-question.js';

/** @throws CliError 'bad-input', VerificationError for a property or a region that is wrong */
export async function verifyQuestions(
  asked: AskedNetwork,
  options: QuestionOptions,
  say: (line: string) => void,
): Promise<Questions> {
  // Loaded on demand: what reads data sets loads slowly, and a property needs none of it.
  if (asked.property === undefined) return (await import('./row-questions.js')).rowQuestions(asked, options, say);
  const { propertyQuestion } = await import('./property-question.js');
  return propertyQuestion(asked, asked.property, options, say);
}
