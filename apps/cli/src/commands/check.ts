// Tested by ../e2e/certificate.e2e.test.ts.
import { checkCertificate, Refusal, type Outcome } from '@mipnet/checker';
import { plainJson } from '@mipnet/text';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { print } from '../terminal/print.js';
import { readWhole } from '../questions/certificate-files.js';

/** `mipnet check CERT NET.onnx PROPERTY`: whether a certificate proves its verdict. */
export async function check(
  certificate: string,
  network: string,
  property: string,
  { json }: { readonly json?: boolean },
): Promise<number> {
  const files = {
    certificate: await readWhole(certificate, 'the certificate'),
    network: await readWhole(network, 'the network file'),
    property: await readWhole(property, 'the property'),
  };
  const outcome = judge(files);
  if (json) process.stdout.write(plainJson(outcome));
  else print(`${textOf(outcome)}\n`);
  return outcome.isAccepted ? exitCode.done : exitCode.failed;
}

function judge(files: Parameters<typeof checkCertificate>[0]): Outcome {
  try {
    return checkCertificate(files);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new CliError('bad-input', `it cannot be checked: ${cause.message}`, { cause });
  }
}

function textOf(outcome: Outcome): string {
  if (!outcome.isAccepted) return `not accepted: ${outcome.reason}`;
  if (outcome.verdict === 'robust')
    return `accepted: robust, proven on ${outcome.leaves} parts of ${outcome.cases} cases`;
  return outcome.isCertain
    ? 'accepted: adversarial, by more than float32 rounding'
    : 'accepted: adversarial in float64, within float32 rounding of the threshold; the ONNX runtime decides';
}
