import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOptions } from '@mipnet/worker';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { interpolate, variablesOf } from './compose-variables.js';
import { goModuleFolder } from './go-tools.js';
import { infraFolder, parseYaml, readInfra } from './infra-files.js';

interface Service {
  readonly image: string;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly command?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly [key: string]: unknown;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, unknown>>;
}

const folder = join(infraFolder, 'compose');
const text = await readInfra('compose/compose.yaml');
const example = await readInfra('compose/.env.example');
const filledIn = {
  ...{
    POSTGRES_PASSWORD: 'a',
    S3_ACCESS_KEY: 'b',
    S3_SECRET_KEY: 'c',
    S3_WORKER_SECRET_KEY: 'd',
    GRAFANA_PASSWORD: 'e',
  },
};
const compose = parseYaml(interpolate(text, filledIn), 'compose.yaml')[0] as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('mipnet:'));

describe('the Compose Specification', () => {
  let conforms: (file: unknown) => string[];

  beforeAll(async () => {
    const module = await goModuleFolder('github.com/compose-spec/compose-go/v2@v2.16.2');
    const schema = JSON.parse(await readFile(join(module, 'schema', 'compose-spec.json'), 'utf8'));
    const check = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
    conforms = (file) =>
      check(file)
        ? []
        : check.errors!.map(
            ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
          );
  });

  test('allows the file', () => expect(conforms(compose)).toEqual([]));

  test('would not allow a key that is none', () => {
    const { solver, ...others } = compose.services;
    expect(conforms({ ...compose, services: { ...others, solver: { ...solver, mem_limits: '1g' } } }).join()).toContain(
      'mem_limits',
    );
  });
});

test('every image is pinned to a version', () => {
  for (const [name, { image }] of services) expect(image, name).toMatch(/:v?\d+\.\d+(\.\d+)?(-\w+)?$/);
});

test('no port is open to the network', () => {
  for (const [name, { ports = [] }] of services)
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
});

test("every service that stays says whether it is well: by its own check or the image's", () => {
  const tasks = new Set(
    services.flatMap(([, { depends_on: needs = {} }]) =>
      Object.entries(needs)
        .filter(([, { condition }]) => condition === 'service_completed_successfully')
        .map(([name]) => name),
    ),
  );
  expect([...tasks].sort()).toEqual([
    'object-store-account',
    'object-store-bucket',
    'temporal-namespace',
    'temporal-schema',
  ]);
  const oursByImage = new Set(ours.map(([name]) => name));
  // The UI's image has neither a shell nor a program that could ask; it is what a person looks at.
  const silent = services
    .filter(([name, { healthcheck }]) => !healthcheck && !tasks.has(name) && !oursByImage.has(name))
    .map(([name]) => name);
  expect(silent).toEqual(['temporal-ui']);
});

test('what is waited for exists, and can become what is waited for', () => {
  for (const [name, { depends_on: needs = {} }] of services) {
    for (const [needed, { condition }] of Object.entries(needs)) {
      expect(compose.services, name).toHaveProperty(needed);
      if (condition === 'service_healthy')
        expect(compose.services[needed]!.healthcheck, `${name} waits for ${needed}`).toBeDefined();
    }
  }
});

test('our processes are confined', () => {
  for (const [name, service] of ours) {
    expect(service, name).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(existsSync(join(folder, service.build!.context, service.build!.dockerfile)), name).toBe(true);
    const program = service.command![0]!.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
    expect(existsSync(join(infraFolder, '..', program)), `${name} runs ${program}`).toBe(true);
  }
});

test('the workers are started with options that workers have', () => {
  for (const role of ['solver', 'orchestrator']) {
    expect(readOptions(compose.services[role]!.command!.slice(1), { MIPNET_STORE: 's3://bucket' })).toMatchObject({
      role,
      metrics: '0.0.0.0:9464',
    });
  }
});

test('every file that is mounted is there, and every volume is declared', () => {
  for (const [name, { volumes = [] }] of services) {
    for (const volume of volumes) {
      const source = volume.split(':')[0]!;
      if (source.startsWith('.')) expect(existsSync(join(folder, source)), `${name}: ${source}`).toBe(true);
      else expect(compose.volumes, name).toHaveProperty(source);
    }
  }
});

test('the workers reach the servers of this file, at the ports these listen on', () => {
  const { environment } = compose.services.solver!;
  expect(environment).toMatchObject({
    TEMPORAL_ADDRESS: 'temporal:7233',
    AWS_ENDPOINT_URL_S3: 'http://object-store:7070',
    MIPNET_STORE: 's3://mipnet/runs',
  });
  expect(compose.services['object-store']!.command!.join(' ')).toContain('--port :7070 --health /health');
});

test('only the two services that set it up know the root account of the S3 server', () => {
  const root = ['b', 'c'];
  const knowing = services.filter(([, { environment = {} }]) =>
    Object.values(environment).some((value) => root.includes(value)),
  );
  expect(knowing.map(([name]) => name).sort()).toEqual(['object-store', 'object-store-account', 'object-store-bucket']);
  for (const name of ['orchestrator', 'solver', 'autoscaler']) {
    expect(compose.services[name]!.environment, name).toMatchObject({
      AWS_ACCESS_KEY_ID: compose.services['object-store-account']!.environment!.WORKER_ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: compose.services['object-store-account']!.environment!.WORKER_SECRET_KEY,
    });
  }
});

test('networks are separated: only Temporal reaches the database, and Grafana does not reach the store', () => {
  const on = (network: string) =>
    services
      .filter(([, { networks }]) => networks!.includes(network))
      .map(([name]) => name)
      .sort();
  expect(on('database')).toEqual(['postgres', 'temporal', 'temporal-schema']);
  expect(compose.networks.database).toEqual({ internal: true });
  expect(on('monitoring')).toEqual(['autoscaler', 'grafana', 'orchestrator', 'prometheus', 'solver', 'temporal']);
  expect(on('work')).not.toContain('postgres');
  // Who waits for another or is configured with its address must be on a network with it.
  for (const [name, { networks, depends_on: needs = {} }] of services) {
    for (const [needed, { condition }] of Object.entries(needs)) {
      if (condition !== 'service_healthy') continue;
      expect(
        compose.services[needed]!.networks!.some((network) => networks!.includes(network)),
        `${name} to ${needed}`,
      ).toBe(true);
    }
  }
});

test('a drain has time to end', () => {
  for (const name of ['solver', 'orchestrator']) {
    const { command, stop_grace_period: patience } = compose.services[name]!;
    const grace = Number(command![command!.indexOf('--grace') + 1]);
    expect(Number(/^(\d+)s$/.exec(String(patience))![1])).toBeGreaterThan(grace + 8);
  }
});

describe('settings', () => {
  test('secrets have no default, and nothing starts without them', () => {
    for (const name of Object.keys(filledIn)) {
      const { [name]: _, ...others } = filledIn as Record<string, string>;
      expect(() => interpolate(text, others)).toThrow(`${name}: copy .env.example to .env and fill it in`);
    }
    expect(example).toMatch(/^POSTGRES_PASSWORD=$/m);
  });

  test('each is in .env.example with the default it has', () => {
    const told = new Map(
      [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]),
    );
    const used = variablesOf(text);
    expect([...told.keys()].sort()).toEqual([...used.keys()].sort());
    for (const [name, byDefault] of used) if (byDefault !== undefined) expect(told.get(name), name).toBe(byDefault);
  });
});
