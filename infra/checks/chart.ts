import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { infraFolder, parseYaml } from './infra-files.js';

const run = promisify(execFile);

const chartFolder = join(infraFolder, 'helm', 'mipnet');

/** A Kubernetes object, as far as the checks look into it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  // Objects of every kind pass through here.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
}

/** Value sets that between them take every branch of the chart. */
export const valueSets: Readonly<Record<string, object>> = {
  'the least that must be given': {
    temporal: { address: 'temporal-frontend.temporal.svc:7233' },
    store: { url: 's3://bucket/runs' },
  },
  'Temporal Cloud with an API key, AWS by the role of the service account': {
    temporal: {
      address: 'eu-west-1.aws.api.temporal.io:7233',
      namespace: 'mipnet.a1b2c',
      workerDeployment: 'mipnet',
      apiKeySecret: { name: 'temporal-cloud' },
    },
    store: { url: 's3://bucket/runs', region: 'eu-west-1' },
    serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/mipnet' } },
    solver: {
      ...{ slots: 8, priorityClassName: 'batch', graceSeconds: 15, nodeSelector: { pool: 'spot' } },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      topologySpreadConstraints: [
        { maxSkew: 2, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
      ],
    },
    orchestrator: { priorityClassName: 'important' },
    autoscaling: { max: 1000 },
    autoscaler: { podLabels: { team: 'ml' }, podAnnotations: { 'prometheus.io/scrape': 'true' } },
  },
  'KEDA, mutual TLS, another S3 server, everything watched': {
    image: { repository: 'registry.example/mipnet', tag: '0.1.0', pullSecrets: ['registry'] },
    temporal: {
      address: 'temporal.example:443',
      tls: { serverName: 'temporal', caSecret: 'temporal-ca', clientSecret: 'temporal-client' },
    },
    store: {
      url: 's3://bucket',
      endpoint: 'http://versitygw.storage.svc:7070',
      credentialsSecret: { name: 'object-store' },
    },
    autoscaling: { by: 'keda', min: 1, max: 50 },
    networkPolicy: {
      temporal: { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
      store: { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'storage' } } }] },
      moreOfWorkers: [{ ports: [{ protocol: 'TCP', port: 80 }], to: [{ ipBlock: { cidr: '169.254.170.23/32' } }] }],
    },
    podMonitor: { enabled: true, labels: { release: 'prometheus' } },
    prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
    dashboard: { enabled: true },
  },
  'a fixed number of solvers, nothing optional': {
    temporal: { address: 'temporal:7233', tls: { enabled: true } },
    store: { url: 's3://bucket/runs' },
    solver: { replicas: 4, slots: 1, graceSeconds: 30 },
    autoscaling: { by: 'none' },
    networkPolicy: { enabled: false },
    podDisruptionBudget: { enabled: false },
  },
};

/** Named after the version of the image, as a release with a worker deployment has to be. */
const RELEASE = 'run-0-1-0';

/** What `helm install` would send. @throws Error with helm's own message when the values are refused */
export async function renderChart(
  helm: string,
  values: object,
  release = RELEASE,
): Promise<{ readonly text: string; readonly objects: readonly KubernetesObject[] }> {
  const { stdout } = await withValues(values, (file) =>
    // A helm that was compiled from source takes a Kubernetes of years ago for granted.
    run(helm, [
      'template',
      release,
      chartFolder,
      '--namespace',
      'solvers',
      '--kube-version',
      '1.30.0',
      '--values',
      file,
    ]),
  );
  return { text: stdout, objects: objectsIn(stdout) };
}

export const objectsIn = (text: string): readonly KubernetesObject[] =>
  parseYaml(text, 'the rendered chart').filter((object) => object !== null) as KubernetesObject[];

/** `helm lint --strict` on the values; its output. */
export async function lintChart(helm: string, values: object): Promise<string> {
  const { stdout } = await withValues(values, (file) =>
    run(helm, ['lint', chartFolder, '--strict', '--kube-version', '1.30.0', '--values', file]),
  );
  return stdout;
}

async function withValues<T>(values: object, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-chart-'));
  try {
    const file = join(folder, 'values.yaml');
    await writeFile(file, stringify(values));
    return await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
