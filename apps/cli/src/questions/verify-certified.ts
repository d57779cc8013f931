// Tested by ../e2e/certificate.e2e.test.ts.
import { writeWhole } from '@mipnet/stack/folders';
import { mipnetCommand } from '@mipnet/text';
import {
  certify,
  encodeCertificate,
  requireVerifiable,
  vnnlibText,
  type Certified,
  type VnnlibProperty,
} from '@mipnet/verification';
import { sha256Hex } from '@mipnet/object-store';
import type { Watcher } from '@mipnet/runs/here';
import { checkOut } from '../program/check-out.js';
import { CliError } from '../program/cli-error.js';
import type { AskedQuestion } from './asked-question.js';
import { normalisationIn } from './normalisation.js';
import { readSubject } from './read-subject.js';
import { verifyQuestions } from './verify-questions.js';
import { verifyReport, type VerifyReport } from './verify-report.js';
import { readWhole } from './certificate-files.js';
import type { Outcome, VerifyOptions } from './answer-questions.js';

/** The document with `--certificate`. */
export interface CertifiedReport extends VerifyReport {
  /** What was written: the certificate and the property that it is about; null: nothing. */
  readonly certificate: { readonly file: string; readonly property: string } | null;
}

/**
 * `mipnet verify --certificate FILE`: one question, answered in this process by the steps that have certificates. Kept
 * verdicts have none, so that a question is always proven again.
 */
export async function verifyCertified(
  file: string,
  certificate: string,
  options: VerifyOptions,
  watcher: Watcher,
): Promise<Outcome & { readonly report: CertifiedReport }> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const path = await checkOut(certificate, 'cert.json', '--certificate');
  if (options.epsilons !== undefined)
    throw new CliError('bad-input', '--certificate is about one question: give --epsilon instead of --epsilons');
  const [own] = normalisationIn(options);
  if (own !== undefined) throw new CliError('bad-input', `--certificate is about the file alone: leave out --${own}`);
  const { network, bytes, property: given } = await readSubject(file, options);
  requireVerifiable(network);
  if (given !== undefined) requireCertifiable(given, options);
  const model = { key: '', sha256: sha256Hex(bytes), bytes: bytes.length };
  const { list, reach } = await verifyQuestions({ network, file, model, property: given }, options, watcher.say);
  const property = await propertyOf(list, certificate, options);
  const limits = { remaining: () => options.timeLimit - seconds(), stopped: () => watcher.signal.aborted };
  const certified = await certify({ network: bytes, property: property.text }, limits);
  const told = { network, file, options, reach, reused: 0, run: null, seconds: seconds() };
  const report = await verifyReport(list, () => certified.verdict, told);
  const written = await write(certified, path, property);
  return {
    report: { ...report, certificate: written ? { file: certificate, property: property.file } : null },
    incomplete: !written,
    notes: [
      written
        ? `check it: ${mipnetCommand('check', certificate, file, property.file)}`
        : `no certificate was written: ${certified.reason}`,
    ],
  };
}

/** The checker reads one network, and rows on its outputs. */
function requireCertifiable({ rowsOn, networks }: VnnlibProperty, { vnnlib }: VerifyOptions): void {
  if (rowsOn === 'outputs' && networks === undefined) return;
  throw new CliError(
    'bad-input',
    `--certificate takes a property of VNN-LIB 1.0 whose rows are about outputs alone; verify ${vnnlib} without it`,
  );
}

interface Property {
  readonly text: string;
  readonly file: string;
  /** It is to be written beside the certificate. */
  readonly isNew: boolean;
}

/** The question as a property: the file of --vnnlib, or a new one about an image or a row. */
async function propertyOf(
  list: readonly AskedQuestion[],
  certificate: string,
  { vnnlib, norm, goal }: VerifyOptions,
): Promise<Property> {
  if (vnnlib !== undefined)
    return { text: new TextDecoder().decode(await readWhole(vnnlib, 'the property')), file: vnnlib, isNew: false };
  if (list.length !== 1)
    throw new CliError(
      'bad-input',
      `--certificate is about one question, not ${list.length}; ask about one image or row`,
    );
  if (norm !== 'linf' || goal === 'closest')
    throw new CliError('bad-input', '--certificate is about a box of inputs: leave out --norm and --goal closest');
  const file = `${certificate.replace(/(\.json)?(\.gz)?$/, '')}.vnnlib`;
  return {
    text: vnnlibText(list[0].queries[0]),
    file: await checkOut(file, 'cert.vnnlib', '--certificate'),
    isNew: true,
  };
}

async function write({ certificate }: Certified, path: string, { text, file, isNew }: Property): Promise<boolean> {
  if (certificate === undefined) return false;
  if (isNew) await writeWhole(file, text);
  await writeWhole(path, encodeCertificate(certificate, path));
  return true;
}
