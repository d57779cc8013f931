import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readOptions } from '@mipnet/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { lintChart, objectsIn, renderChart, valueSets, type KubernetesObject } from './chart.js';
import { compileMilliseconds, findTool, tools } from './go-tools.js';
import { parseYaml, readInfra, repositoryFolder } from './infra-files.js';
import { mistakesIn } from './kubernetes-schemas.js';

let helm: string;
const rendered = new Map<string, { text: string; objects: readonly KubernetesObject[] }>();

beforeAll(async () => {
  helm = await findTool(tools.helm);
  await Promise.all(
    Object.entries(valueSets).map(async ([name, values]) => rendered.set(name, await renderChart(helm, values))),
  );
}, compileMilliseconds);

const sets = Object.keys(valueSets);
const [least, cloud, keda, fixed] = sets as [string, string, string, string];
const objectsOf = (set: string, kind?: string): readonly KubernetesObject[] =>
  rendered.get(set)!.objects.filter((object) => kind === undefined || object.kind === kind);
const component = (set: string, kind: string, name: string): KubernetesObject | undefined =>
  objectsOf(set, kind).find(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === name);
const podOf = (set: string, name: string) => component(set, 'Deployment', name)!.spec.template.spec;

test.each(sets)('helm lint accepts: %s', async (set) => {
  expect(await lintChart(helm, valueSets[set]!)).toContain('1 chart(s) linted, 0 chart(s) failed');
});

describe('the API server would take it', () => {
  const mistakesInAll = async (objects: readonly KubernetesObject[]) =>
    (await Promise.all(objects.map(mistakesIn))).flat();

  test.each(sets)(
    'every object of: %s',
    async (set) => {
      expect(await mistakesInAll(objectsOf(set))).toEqual([]);
    },
    compileMilliseconds,
  );

  test('and it would not take a field or a value that is none, of Kubernetes or of KEDA', async () => {
    const broken = async (from: string, to: string) => {
      const { text } = rendered.get(keda)!;
      expect(text).toContain(from);
      return (await mistakesInAll(objectsIn(text.replace(from, to)))).join('\n');
    };
    expect(await broken('failureThreshold: 30', 'failureTreshold: 30')).toContain('failureTreshold');
    expect(await broken('replicas: 2', 'replicas: two')).toContain('/spec/replicas must be integer');
    expect(await broken('maxUnavailable: 25%', 'maxUnavailable: [1]')).toContain('/spec/maxUnavailable');
    expect(await broken('scaleTargetRef:', 'scaleTarget:')).toContain('scaleTarget');
    expect(await broken('podMetricsEndpoints:', 'podMetricsEndpoint:')).toContain('podMetricsEndpoint');
  });
});

describe('every pod', () => {
  const pods = () =>
    sets.flatMap((set) =>
      objectsOf(set, 'Deployment').map(({ metadata, spec }) => ({
        where: `${set}: ${metadata.name}`,
        pod: spec.template.spec,
      })),
    );

  test('is not root, cannot write its image or become more, and has limits and probes', () => {
    for (const { where, pod } of pods()) {
      expect(pod.securityContext, where).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of pod.containers) {
        expect(container.securityContext, where).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources.limits.memory, where).toBe(container.resources.requests.memory);
        expect(container.resources.requests.cpu, where).toBeDefined();
        expect(container.readinessProbe, where).toBeDefined();
        expect(container.livenessProbe, where).toBeDefined();
        expect(container.image, where).toMatch(/mipnet:\d+\.\d+\.\d+$/);
      }
    }
  });

  test('lets a node be removed in spite of its /tmp, and takes labels and annotations', () => {
    for (const set of sets) {
      for (const { metadata, spec } of objectsOf(set, 'Deployment')) {
        expect(spec.template.metadata.annotations, `${set}: ${metadata.name}`).toMatchObject({
          'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': spec.template.spec.volumes[0].name,
        });
      }
    }
    const { metadata } = component(cloud, 'Deployment', 'autoscaler')!.spec.template;
    expect(metadata.labels).toMatchObject({ team: 'ml', 'app.kubernetes.io/component': 'autoscaler' });
    expect(metadata.annotations).toMatchObject({ 'prometheus.io/scrape': 'true' });
  });

  test('has a priority and is spread as the values say', () => {
    expect(podOf(cloud, 'orchestrator').priorityClassName).toBe('important');
    expect(podOf(cloud, 'solver').priorityClassName).toBe('batch');
    for (const [name, keys] of [
      ['orchestrator', ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']],
      ['solver', ['topology.kubernetes.io/zone']],
    ] as const) {
      const spread = podOf(cloud, name).topologySpreadConstraints as {
        topologyKey: string;
        labelSelector: { matchLabels: object };
      }[];
      expect(spread.map(({ topologyKey }) => topologyKey)).toEqual(keys);
      for (const { labelSelector } of spread) {
        expect(labelSelector).toEqual(component(cloud, 'Deployment', name)!.spec.selector);
      }
    }
  });

  test('gets secrets by reference only', () => {
    for (const { where, pod } of pods()) {
      for (const { name, value, valueFrom } of pod.containers[0].env) {
        if (!/KEY|SECRET|TOKEN|PASSWORD/.test(name) || name.endsWith('_PATH')) continue;
        expect(value, `${where} ${name}`).toBeUndefined();
        expect(valueFrom.secretKeyRef, `${where} ${name}`).toBeDefined();
      }
    }
    expect(sets.flatMap((set) => objectsOf(set, 'Secret'))).toEqual([]);
  });

  test('reads only secrets that its values name', () => {
    const variables = podOf(keda, 'solver').containers[0].env as { name: string; valueFrom?: object }[];
    expect(variables.find(({ name }) => name === 'AWS_SECRET_ACCESS_KEY')?.valueFrom).toEqual({
      secretKeyRef: { name: 'object-store', key: 'secret-access-key' },
    });
    const apiKey = (podOf(cloud, 'autoscaler').containers[0].env as { name: string; valueFrom?: object }[]).find(
      ({ name }) => name === 'TEMPORAL_API_KEY',
    );
    expect(apiKey?.valueFrom).toEqual({ secretKeyRef: { name: 'temporal-cloud', key: 'api-key' } });
  });
});

describe('solvers', () => {
  test('and orchestrators are started with options that workers have', () => {
    for (const set of sets) {
      for (const name of ['solver', 'orchestrator']) {
        const [program, ...options] = podOf(set, name).containers[0].args as string[];
        expect(program).toBe('apps/worker/dist/main.js');
        expect(readOptions(options, { MIPNET_STORE: 's3://bucket' })).toMatchObject({
          role: name,
          metrics: '0.0.0.0:9464',
        });
      }
    }
  });

  test('have a core and 1.5 GiB a slot', () => {
    expect(podOf(least, 'solver').containers[0].resources.requests).toEqual({ cpu: 2, memory: '3328Mi' });
    expect(podOf(cloud, 'solver').containers[0].resources.requests).toEqual({ cpu: 8, memory: '12544Mi' });
  });

  test('are given longer to end than they take to drain', () => {
    for (const set of sets) {
      const pod = podOf(set, 'solver');
      const grace = Number(/--grace=(\d+)/.exec(pod.containers[0].args.join(' '))?.[1]);
      // After the grace time leaves have eight seconds to return their incumbents.
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(grace + 8);
    }
  });

  test('are counted by the chart only if nothing scales them', () => {
    expect(component(least, 'Deployment', 'solver')!.spec).not.toHaveProperty('replicas');
    expect(component(keda, 'Deployment', 'solver')!.spec).not.toHaveProperty('replicas');
    expect(component(fixed, 'Deployment', 'solver')!.spec.replicas).toBe(4);
  });
});

describe('who scales', () => {
  test('is started with options that the command has', async () => {
    const program = join(repositoryFolder, 'apps/cli/dist/main.js');
    const { stdout: help } = await promisify(execFile)(process.execPath, [program, 'autoscale', '--help']);
    for (const set of [least, keda]) {
      const [path, name, ...options] = podOf(set, 'autoscaler').containers[0].args as string[];
      expect([path, name]).toEqual(['apps/cli/dist/main.js', 'autoscale']);
      for (const option of options) expect(help, option).toContain(`  ${option.split('=')[0]} <`);
    }
  });

  test('the autoscaler: it may set one scale, and see and mark pods, and nothing else', () => {
    expect(objectsOf(least, 'ScaledObject')).toEqual([]);
    expect(objectsOf(least, 'ClusterRole')).toEqual([]);
    expect(component(least, 'Role', 'autoscaler')!.rules).toEqual([
      {
        apiGroups: ['apps'],
        resources: ['deployments/scale'],
        resourceNames: [component(least, 'Deployment', 'solver')!.metadata.name],
        verbs: ['get', 'update'],
      },
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'patch'] },
    ]);
    expect(podOf(least, 'autoscaler').automountServiceAccountToken).toBe(true);
    for (const worker of ['solver', 'orchestrator'])
      expect(podOf(least, worker).automountServiceAccountToken).toBe(false);
  });

  test('KEDA: it reads the demand from the autoscaler, which has no rights then', () => {
    expect(objectsOf(keda, 'Role')).toEqual([]);
    expect(podOf(keda, 'autoscaler').automountServiceAccountToken).toBe(false);
    const { spec } = component(keda, 'ScaledObject', 'solver')!;
    expect(spec.scaleTargetRef.name).toBe(component(keda, 'Deployment', 'solver')!.metadata.name);
    const service = objectsOf(keda, 'Service')[0]!;
    expect(spec.triggers).toEqual([
      {
        type: 'metrics-api',
        metricType: 'AverageValue',
        metadata: {
          url: `http://${service.metadata.name}.solvers.svc:${service.spec.ports[0].port}/metrics/desired`,
          valueLocation: 'desired',
          targetValue: '1',
        },
      },
    ]);
    expect(component(keda, 'NetworkPolicy', 'autoscaler')!.spec.ingress[0].from).toContainEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'keda' } },
    });
  });

  test.each(['external', 'external-push'])('KEDA over gRPC: %s', async (kedaTrigger) => {
    const values = valueSets[keda] as { autoscaling: object };
    const { objects } = await renderChart(helm, { ...values, autoscaling: { ...values.autoscaling, kedaTrigger } });
    const named = (kind: string, end: string) =>
      objects.find((object) => object.kind === kind && object.metadata.name.endsWith(end))!;
    const service = named('Service', '-autoscaler');
    const grpc = (service.spec.ports as { name: string; port: number }[]).find(({ name }) => name === 'grpc')!;
    const scalerAddress = `${service.metadata.name}.solvers.svc:${grpc.port}`;
    expect(named('ScaledObject', '-solver').spec.triggers).toEqual([
      { type: kedaTrigger, metricType: 'AverageValue', metadata: { scalerAddress } },
    ]);
    const [container] = named('Deployment', '-autoscaler').spec.template.spec.containers;
    expect(container.args).toContain(`--grpc=0.0.0.0:${grpc.port}`);
    expect(container.ports).toContainEqual({ name: 'grpc', containerPort: grpc.port });
    expect(named('NetworkPolicy', '-autoscaler').spec.ingress[0].ports).toContainEqual({
      protocol: 'TCP',
      port: 'grpc',
    });
    expect((await Promise.all(objects.map(mistakesIn))).flat()).toEqual([]);
  });

  test('nobody: there is no autoscaler', () => {
    expect(objectsOf(fixed).filter(({ metadata }) => metadata.name.includes('autoscaler'))).toEqual([]);
  });
});

test('solvers of the pods are those that the autoscaler counts', async () => {
  const { objects } = await renderChart(helm, {
    temporal: { address: 'temporal:7233' },
    store: { url: 's3://bucket/runs' },
    solver: { solvers: ['highs', 'cbc:/usr/bin/cbc'] },
  });
  for (const end of ['-solver', '-autoscaler']) {
    const { spec } = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith(end))!;
    const args = spec.template.spec.containers[0].args as string[];
    expect(args.filter((arg) => arg.startsWith('--solver='))).toEqual(['--solver=highs', '--solver=cbc:/usr/bin/cbc']);
  }
});

describe('network policies', () => {
  /** Ports that solvers may reach, those of DNS left out. */
  const portsOf = async (values: object): Promise<number[]> => {
    const { objects } = await renderChart(helm, values);
    const { egress } = objects.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name.endsWith('-solver'),
    )!.spec;
    return (egress as { ports: { port: number }[] }[]).slice(1).map(({ ports }) => ports[0]!.port);
  };
  const url = 's3://bucket/runs';

  test.each([
    ['Temporal Cloud', 'cloud.example:443', '', [443, 443]],
    ['servers of the cluster', 'temporal-frontend.temporal.svc:7233', 'http://minio:9000', [7233, 9000]],
    ['an endpoint without a port', 'temporal:7233', 'http://minio', [7233, 80]],
    ['an endpoint with a path', 'temporal:7233', 'https://s3.example:8443/base:1', [7233, 8443]],
    ['an IPv6 address', '[2001:db8::1]:7233', 'http://[2001:db8::2]:9000', [7233, 9000]],
  ])('allow the ports of: %s', async (_, address, endpoint, ports) => {
    expect(await portsOf({ temporal: { address }, store: { url, endpoint } })).toEqual(ports);
  });

  test('allow another port where the values name the port of the pods behind a Service', async () => {
    const networkPolicy = { temporal: { port: 17233 }, store: { port: 19000 } };
    const values = {
      temporal: { address: 'temporal:7233' },
      store: { url, endpoint: 'http://minio:80' },
      networkPolicy,
    };
    expect(await portsOf(values)).toEqual([17233, 19000]);
  });
});

test('a store without S3 checksums is spoken to without them', async () => {
  const store = { url: 's3://My_bucket/runs', checksums: false };
  const { objects } = await renderChart(helm, { temporal: { address: 'temporal:7233' }, store });
  const withoutChecksums = (all: readonly KubernetesObject[], name: string) => {
    const { spec } = all.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith(name))!;
    const env = spec.template.spec.containers[0].env as { name: string; value?: string }[];
    return env.filter(({ value }) => value === 'WHEN_REQUIRED').map((variable) => variable.name);
  };
  for (const name of ['solver', 'orchestrator']) {
    expect(withoutChecksums(objects, name)).toEqual([
      'AWS_REQUEST_CHECKSUM_CALCULATION',
      'AWS_RESPONSE_CHECKSUM_VALIDATION',
    ]);
    expect(withoutChecksums(rendered.get(least)!.objects, name)).toEqual([]);
  }
});

test('a build of a worker deployment is a release of its own, named after its tag', async () => {
  const values = (tag: string) => ({
    temporal: { address: 'temporal:7233', workerDeployment: 'mipnet' },
    store: { url: 's3://bucket/runs' },
    image: { tag },
  });
  const namesOf = async (tag: string, release: string): Promise<string[]> =>
    (await renderChart(helm, values(tag), release)).objects
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata }) => metadata.name);
  const [first, second] = [await namesOf('0.1.0', 'mipnet-0-1-0'), await namesOf('0.2.0', 'mipnet-0-2-0')];
  // Both can run side by side.
  expect(first.filter((name) => second.includes(name))).toEqual([]);
  await expect(namesOf('0.2.0', 'mipnet-0-1-0')).rejects.toThrow('name this one mipnet-0-2-0');
  expect(await namesOf('0.2.0@sha256:' + 'a'.repeat(64), 'mipnet-0-2-0')).toEqual(second);
});

test('every selector finds the pods of one deployment', () => {
  const matches = (selector: Record<string, string>, labels: Record<string, string>) =>
    Object.entries(selector).every(([key, value]) => labels[key] === value);
  for (const set of sets) {
    const labelsOfPods = objectsOf(set, 'Deployment').map(
      ({ spec }) => spec.template.metadata.labels as Record<string, string>,
    );
    for (const { kind, metadata, spec } of objectsOf(set)) {
      const selector = {
        Service: spec?.selector,
        PodDisruptionBudget: spec?.selector?.matchLabels,
        NetworkPolicy: spec?.podSelector?.matchLabels,
        Deployment: spec?.selector?.matchLabels,
      }[kind];
      if (selector)
        expect(
          labelsOfPods.filter((labels) => matches(selector, labels)),
          `${set}: ${kind} ${metadata.name}`,
        ).toHaveLength(1);
    }
  }
});

test('the rules and the dashboard of the cluster are those of the folder monitoring', async () => {
  expect(component(keda, 'PrometheusRule', 'monitoring')!.spec).toEqual(
    parseYaml(await readInfra('helm/mipnet/monitoring/alerts.yaml'), 'alerts.yaml')[0],
  );
  expect(JSON.parse(component(keda, 'ConfigMap', 'monitoring')!.data['mipnet.json'])).toEqual(
    JSON.parse(await readInfra('helm/mipnet/monitoring/dashboard.json')),
  );
});

describe('values that are refused', () => {
  const good = { temporal: { address: 'temporal:7233' }, store: { url: 's3://bucket/runs' } };
  test.each([
    ['no Temporal server', { ...good, temporal: {} }, 'temporal.address is missing'],
    ['no store', { ...good, store: {} }, 'store.url is missing'],
    ['a folder as a store', { ...good, store: { url: '/data' } }, 'url'],
    ['a secret in the values', { ...good, store: { ...good.store, secretAccessKey: 'x' } }, 'secretAccessKey'],
    [
      'a password in the endpoint',
      { ...good, store: { ...good.store, endpoint: 'https://user:password@host' } },
      'endpoint',
    ],
    ['an address with a scheme', { ...good, temporal: { address: 'https://temporal:7233' } }, 'address'],
    ['the image of no version', { ...good, image: { tag: 'latest' } }, 'tag'],
    ['a value that is none', { ...good, solver: { slot: 4 } }, 'slot'],
    ['min above max', { ...good, autoscaling: { min: 5, max: 2 } }, 'min is 5 and autoscaling.max is 2'],
    ['a label that selectors need', { ...good, solver: { podLabels: { 'app.kubernetes.io/name': 'x' } } }, 'podLabels'],
    ['an autoscaler that is none', { ...good, autoscaling: { by: 'magic' } }, 'by'],
  ])('%s', async (_, values, message) => {
    await expect(renderChart(helm, values)).rejects.toThrow(message);
  });
});
