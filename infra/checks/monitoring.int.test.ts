import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Endpoint } from '@mipnet/autoscaler';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseYaml, readInfra, repositoryFolder } from './infra-files.js';
import { metricsOf, syntaxError } from './promql.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly targets: readonly { readonly expr: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

const [rulesFile] = parseYaml(await readInfra('helm/mipnet/monitoring/alerts.yaml'), 'alerts.yaml') as [
  { groups: { rules: Rule[] }[] },
];
const rules = rulesFile.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(await readInfra('helm/mipnet/monitoring/dashboard.json')) as {
  uid: string;
  panels: Panel[];
};
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
];

test('every expression is PromQL', () => {
  expect(expressions.map(syntaxError).filter((error) => error !== undefined)).toEqual([]);
  expect(syntaxError('sum(rate(up[5m])')).toContain('sum(rate(up[5m])');
});

describe('every metric that is read is one that our processes serve', () => {
  let served: Set<string>;

  beforeAll(async () => {
    const endpoint = new Endpoint({ listen: '127.0.0.1:0', slotsPerWorker: 1, staleAfter: 60 });
    const url = await endpoint.listen();
    const ofAutoscaler = await (await fetch(`${url}/metrics`)).text();
    await endpoint.close();
    // The worker's are literals in a file of its own that no package exports.
    const ofWorker = await readFile(join(repositoryFolder, 'apps/worker/src/metrics.ts'), 'utf8');
    served = new Set(
      [...`${ofAutoscaler}\n${ofWorker}`.matchAll(/mipnet_(?:autoscaler|worker)_\w+/g)].map(([name]) => name),
    );
  });

  test('by name', () => {
    // Prometheus makes the first, its client library the second; Temporal's core serves the others at the workers'
    // endpoint.
    const ofOthers = [
      ...['up', 'process_resident_memory_bytes'],
      ...['temporal_sticky_cache_size', 'temporal_workflow_task_execution_failed_total'],
    ];
    const read = new Set(expressions.flatMap(metricsOf).map((name) => name.replace(/_bucket$/, '')));
    expect(read.size).toBeGreaterThan(10);
    expect([...read].filter((name) => !served.has(name) && !ofOthers.includes(name))).toEqual([]);
  });
});

test('every alert says what is wrong and what to do, and waits before it does', () => {
  for (const { alert, labels, annotations, for: patience } of rules) {
    expect(alert).toMatch(/^Mipnet[A-Z]\w+$/);
    expect(['warning', 'critical'], alert).toContain(labels.severity);
    expect(annotations.summary.length * annotations.action.length, alert).toBeGreaterThan(0);
    expect(patience, alert).toMatch(/^\d+m$/);
  }
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
});

test('no alert compares with a size that a value of the chart can change', () => {
  for (const { alert, expr } of rules) expect(expr, alert).not.toMatch(/\d{5,}/);
});

test('panels have a title, an explanation and a place of their own', () => {
  const cells = new Set<string>();
  for (const {
    title,
    description,
    gridPos: { x, y, w, h },
  } of dashboard.panels) {
    expect(title.length * description.length).toBeGreaterThan(0);
    expect(x + w, title).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) {
        expect(cells, title).not.toContain(`${column},${row}`);
        cells.add(`${column},${row}`);
      }
    }
  }
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});

test('Prometheus scrapes the ports that the processes serve on, under the names the rules use', async () => {
  const [config] = parseYaml(await readInfra('prometheus/prometheus.yaml'), 'prometheus.yaml') as [
    { rule_files: string[]; scrape_configs: { job_name: string; [key: string]: unknown }[] },
  ];
  const [compose] = parseYaml(await readInfra('compose/compose.yaml'), 'compose.yaml') as [
    { services: Record<string, { command?: string[]; volumes?: string[] }> },
  ];
  const job = (name: string) => config.scrape_configs.find(({ job_name }) => job_name === name)!;
  for (const name of ['orchestrator', 'solver']) {
    expect(job(name).dns_sd_configs).toMatchObject([{ names: [name], port: 9464 }]);
    expect(compose.services[name]!.command).toContain('0.0.0.0:9464');
  }
  expect(job('autoscaler').static_configs).toEqual([{ targets: ['autoscaler:9400'] }]);
  expect(compose.services.autoscaler!.command).toContain('--listen=0.0.0.0:9400');
  for (const name of ['orchestrator', 'solver', 'autoscaler']) {
    expect(job(name).relabel_configs).toEqual([
      { source_labels: ['job'], target_label: 'component' },
      { target_label: 'job', replacement: 'mipnet' },
    ]);
  }
  expect(compose.services.prometheus!.volumes!.join()).toContain(`/etc/prometheus/${config.rule_files[0]}`);
});

test('Grafana finds its source and the dashboard', async () => {
  const [sources] = parseYaml(await readInfra('grafana/datasources.yaml'), 'datasources.yaml') as [
    { datasources: { type: string; url: string }[] },
  ];
  expect(sources.datasources).toMatchObject([{ type: 'prometheus', url: 'http://prometheus:9090' }]);
  const [providers] = parseYaml(await readInfra('grafana/dashboards.yaml'), 'dashboards.yaml') as [
    { providers: { options: { path: string } }[] },
  ];
  expect(await readInfra('compose/compose.yaml')).toContain(
    `dashboard.json:${providers.providers[0]!.options.path}/dashboard.json`,
  );
  expect(dashboard.uid).toBe('mipnet');
});
