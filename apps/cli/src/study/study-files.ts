// Tested by ../e2e/compare.e2e.test.ts.
import { toOnnx } from '@mipnet/network';
import { chartSvg } from '@mipnet/report';
import {
  networkTable,
  overallTable,
  rowsCsv,
  studyChart,
  type Aggregate,
  type Row,
  type StudyPlan,
  type StudySubject,
} from '@mipnet/study';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { writeWhole } from '@mipnet/stack/folders';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../program/cli-error.js';

/** Paths of what a study has written. */
export interface StudyFiles {
  readonly markdown: string;
  readonly csv: string;
  /** One a query. */
  readonly pictures: readonly string[];
  /** The ONNX files of the networks, by name. */
  readonly networks: Readonly<Record<string, string>>;
}

/**
 * Refuses, before hours of work, a folder that cannot be written.
 * @param given as typed; undefined for a folder of mipnet's own
 */
export async function checkStudyFolder(folder: string, given: string | undefined): Promise<string> {
  const path = resolve(folder);
  const probe = join(path, '.probe.part');
  try {
    await mkdir(join(path, 'networks'), { recursive: true });
    await writeFile(probe, '');
  } catch (cause) {
    throw new CliError(
      'bad-input',
      `--out ${given ?? path}: the folder cannot be made or written ` +
        `(${(cause as NodeJS.ErrnoException).code}); give ` +
        'another folder',
      { cause },
    );
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
  return path;
}

export interface StudyResults {
  readonly plan: StudyPlan;
  readonly rows: readonly Row[];
  readonly aggregates: readonly Aggregate[];
  readonly disagreements: readonly string[];
}

/** Tables, rows, one picture per query, and the networks. */
export async function writeStudy(
  folder: string,
  { plan, rows, aggregates, disagreements }: StudyResults,
  subjects: readonly StudySubject[],
): Promise<StudyFiles> {
  const write = async (name: string, content: string | Uint8Array): Promise<string> => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, content);
    return path;
  };
  const queries = [...new Set(rows.map(({ query }) => query))];
  const ofQuery = (query: string): Aggregate[] => aggregates.filter((one) => one.query === query);
  const pictures: string[] = [];
  for (const query of queries)
    pictures.push(await write(`${query.replaceAll(' ', '-')}.svg`, await chartSvg(studyChart(aggregates, query))));
  const networks: Record<string, string> = {};
  for (const { name, network } of subjects)
    networks[name] = await write(join('networks', `${name}.onnx`), toOnnx(network));
  const markdown = [
    `# ${plan.name}\n`,
    `${rows.length} instances, at most ${plan.limits.time} each. Gaps are means, nodes and seconds ` +
      `shifted geometric means.\n`,
    ...queries.flatMap((query) => [
      `## ${query}\n`,
      `Over all networks:\n`,
      overallTable(ofQuery(query)),
      `Network by network:\n`,
      networkTable(ofQuery(query)),
    ]),
    ...(disagreements.length === 0
      ? ['All formulations agree on every solved instance.\n']
      : ['## Contradictions\n', ...disagreements.map((line) => `- ${line}\n`)]),
  ].join('\n');
  return {
    markdown: await write('study.md', markdown),
    csv: await write('rows.csv', rowsCsv(rows)),
    pictures,
    networks,
  };
}
