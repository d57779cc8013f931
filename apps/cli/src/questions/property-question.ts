// Tested by ../e2e/verify.e2e.test.ts.
import { inputSize, outputSize, type Network } from '@mipnet/network';
import { keyOfVerdict, rowWidth, vnnlibQueries, type VnnlibProperty } from '@mipnet/verification';
import { CliError } from '../program/cli-error.js';
import { solverOf, type AskedNetwork, type QuestionOptions, type Questions } from './asked-question.js';

/** @throws CliError 'bad-input' for options that a property leaves no room for */
export function refuseBesideProperty(options: QuestionOptions): void {
  const clash =
    (
      [
        'images',
        'rows',
        'input',
        'labels',
        'epsilon',
        'epsilons',
        'dataset',
        'file',
        'class',
        'test',
        'weights',
        'mean',
        'std',
        'scale',
      ] as const
    ).find((name) => options[name] !== undefined) ?? (options.goal === 'feasibility' ? undefined : 'goal');
  if (clash !== undefined)
    throw new CliError('bad-input', `--vnnlib names the inputs and the question itself; leave out --${clash}`);
}

/**
 * The question of a VNN-LIB file.
 * @param network of which the property's rows are about the outputs (`readSubject`)
 * @throws CliError 'bad-input' for a network of another size
 */
export function propertyQuestion(
  { network, file, model }: AskedNetwork,
  property: VnnlibProperty,
  options: QuestionOptions,
  say: (line: string) => void,
): Questions {
  const vnnlib = options.vnnlib!;
  propertyFor(network, file, { property, vnnlib, besides: rowWidth(property) - property.outputs });
  for (const contradiction of property.contradictions) say(`${vnnlib}: ${contradiction}`);
  const queries = vnnlibQueries(property);
  const key = keyOfVerdict(model, queries, solverOf(options));
  return {
    list: [{ name: 'property', image: null, row: null, label: null, queries, key }],
    about: () => ({ kind: 'property', property, keys: [key] }),
  };
}

/**
 * A property of a file, if it is about a network of this size.
 * @param about `besides`: outputs of the network that stand before those of the file. @default 0
 * @throws CliError 'bad-input'
 */
export function propertyFor(
  network: Network,
  file: string,
  about: { readonly property: VnnlibProperty; readonly vnnlib: string; readonly besides?: number },
): VnnlibProperty {
  const { property, vnnlib, besides = 0 } = about;
  const outputs = outputSize(network) - besides;
  if (property.inputs === inputSize(network) && property.outputs === outputs) return property;
  throw new CliError(
    'bad-input',
    `${vnnlib} is about ${property.inputs} inputs and ${property.outputs} outputs, but ${file} ` +
      `has ${inputSize(network)} and ${outputs}`,
  );
}
