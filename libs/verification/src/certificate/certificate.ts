// Tested by certificate.unit.test.ts.
import type { Node } from '@mipnet/checker';
import { sha256Hex } from '@mipnet/object-store';
import { gzipSync } from 'node:zlib';

/** What another program can check about a verdict: docs/certificates.md describes the document. */
export type Certificate = {
  readonly format: 'mipnet certificate';
  readonly version: 2;
  /** SHA-256 of the unpacked ONNX file and of the unpacked text of the property. */
  readonly network: string;
  readonly property: string;
} & (
  | { readonly verdict: 'robust'; readonly proofs: readonly Proof[] }
  | { readonly verdict: 'adversarial'; readonly point: readonly number[] }
);

/** That no input satisfies one case of the property. */
export interface Proof {
  readonly case: number;
  readonly tree: readonly Node[];
}

/** What a certificate is about. */
export interface CertificateFiles {
  readonly network: Uint8Array;
  readonly property: string;
}

const headOf = ({ network, property }: CertificateFiles) =>
  ({
    format: 'mipnet certificate',
    version: 2,
    network: sha256Hex(network),
    property: sha256Hex(new TextEncoder().encode(property)),
  }) as const;

export const robustCertificate = (files: CertificateFiles, proofs: readonly Proof[]): Certificate => ({
  ...headOf(files),
  verdict: 'robust',
  proofs,
});

export const adversarialCertificate = (files: CertificateFiles, point: Float64Array): Certificate => ({
  ...headOf(files),
  verdict: 'adversarial',
  point: [...point],
});

/** The bytes of a certificate, one node a line; packed if the name of the file ends in .gz. */
export function encodeCertificate(certificate: Certificate, file: string): Uint8Array {
  const { verdict, ...head } = certificate;
  const start = JSON.stringify({ ...head, proofs: undefined, point: undefined, verdict }).slice(0, -1);
  const lines: string[] = [];
  if (certificate.verdict === 'adversarial') lines.push(`${start},"point":${JSON.stringify(certificate.point)}}\n`);
  else {
    lines.push(`${start},"proofs":[`);
    certificate.proofs.forEach(({ case: number, tree }, at) => {
      lines.push(`${at > 0 ? ',' : ''}{"case":${number},"tree":[`);
      tree.forEach((node, n) => lines.push(JSON.stringify(node) + (n + 1 < tree.length ? ',' : '')));
      lines.push(']}');
    });
    lines.push(']}\n');
  }
  const bytes = new TextEncoder().encode(lines.join('\n'));
  return file.endsWith('.gz') ? gzipSync(bytes) : bytes;
}
