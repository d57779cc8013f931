import { inputNames } from '@mipnet/dataset';
import { toC, type CNames, type Network } from '@mipnet/network';
import { classNamesIn, readNetworkFile, tableInputsIn, transformationIn } from '@mipnet/runs/records';
import { writeWhole } from '@mipnet/stack/folders';
import { parse } from 'node:path';
import { checkOut } from '../program/check-out.js';
import { exitCode } from '../program/exit-code.js';
import { say } from '../terminal/say.js';
import type { ExportFormat } from '../program/options.js';

/** What writes a network as the text of a file, by format. One that is missing does not compile. */
const formats: Readonly<Record<ExportFormat, (network: Network, names: CNames) => string>> = { c: toC };

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly out: string;
}

/** `mipnet export NET.onnx --format c --out net.c`: the network as a program. */
export async function exportNetwork(file: string, { format, out }: ExportOptions): Promise<number> {
  const { network, notes } = await readNetworkFile(file);
  notes.forEach(say);
  if (transformationIn(network, file) !== undefined)
    say(`${file} reads deskewed images: give the program deskewed pixels (docs/network-file.md says how)`);
  const table = tableInputsIn(network, file);
  const path = await checkOut(out, `net.${format}`);
  const text = formats[format](network, {
    name: parse(path).name,
    classes: classNamesIn(network),
    ...(table && { inputs: inputNames(table.columns) }),
  });
  await writeWhole(path, text);
  process.stdout.write(`${out}: ${text.length} bytes\n`);
  return exitCode.done;
}
