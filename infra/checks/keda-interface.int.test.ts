import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { credentials, loadPackageDefinition, type Client, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ExternalScaler } from '@mipnet/autoscaler';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goModuleFolder } from './go-tools.js';
import { parseYaml, readInfra } from './infra-files.js';
import type { KubernetesObject } from './chart.js';
import { kedaModule, mistakesIn } from './kubernetes-schemas.js';

// The autoscaler is asked by the interface file that KEDA itself publishes, as KEDA's client would ask.

let scaler: ExternalScaler;
let keda: Client & Record<string, (request: object, done: (error: Error | null, answer: unknown) => void) => void>;

beforeAll(async () => {
  const file = join(await goModuleFolder(kedaModule), 'pkg/scalers/externalscaler/externalscaler.proto');
  expect(await readFile(file, 'utf8')).toContain('service ExternalScaler');
  const { externalscaler } = loadPackageDefinition(loadSync(file)) as unknown as {
    externalscaler: { ExternalScaler: ServiceClientConstructor };
  };
  scaler = new ExternalScaler({ listen: '127.0.0.1:0', staleAfter: 60 });
  keda = new externalscaler.ExternalScaler(await scaler.listen(), credentials.createInsecure()) as never;
  scaler.show({ at: Date.now(), backlog: 7, inFlight: 3, desired: 5, target: 6, change: 2, draining: 1 });
}, 300_000);
afterAll(async () => {
  keda?.close();
  await scaler?.close();
});

const ask = (method: string, request: object): Promise<unknown> =>
  new Promise((resolve, reject) =>
    keda[method]!(request, (error, answer) => (error ? reject(error) : resolve(answer))),
  );

test('every answer reads as KEDA reads it', async () => {
  const scaledObjectRef = { name: 'mipnet-solver', namespace: 'mipnet', scalerMetadata: { scalerAddress: 'x:9401' } };
  expect(await ask('IsActive', scaledObjectRef)).toEqual({ result: true });
  expect(await ask('GetMetricSpec', scaledObjectRef)).toMatchObject({
    metricSpecs: [{ metricName: 'mipnet-workers', targetSize: { low: 1 }, targetSizeFloat: 1 }],
  });
  expect(await ask('GetMetrics', { scaledObjectRef, metricName: 'mipnet-workers' })).toMatchObject({
    metricValues: [{ metricName: 'mipnet-workers', metricValue: { low: 6 }, metricValueFloat: 6 }],
  });
});

test('the example without the chart is a ScaledObject that asks for this interface', async () => {
  const [example] = parseYaml(await readInfra('keda/scaled-object.yaml'), 'scaled-object.yaml') as [KubernetesObject];
  expect(await mistakesIn(example)).toEqual([]);
  expect(example.spec.triggers).toEqual([
    {
      type: 'external-push',
      metricType: 'AverageValue',
      metadata: { scalerAddress: expect.stringMatching(/:9401$/) },
    },
  ]);
}, 300_000);
