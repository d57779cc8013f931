import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { goModuleFolder } from './go-tools.js';
import type { KubernetesObject } from './chart.js';
import { parseYaml } from './infra-files.js';

// Checks objects as an API server with strict field validation would: by the OpenAPI documents that Kubernetes
// publishes (kubectl-validate carries them), and by the custom resource definitions that KEDA and the Prometheus
// operator publish.

type Schema = Record<string, unknown>;

const kubernetesVersion = '1.30';

export const kedaModule = 'github.com/kedacore/keda/v2@v2.21.0';

/** Custom kinds that the chart uses: the module that defines them, and the file of each. */
const customKinds: Readonly<Record<string, { readonly module: string; readonly file: string }>> = {
  'keda.sh/v1alpha1 ScaledObject': { module: kedaModule, file: 'config/crd/bases/keda.sh_scaledobjects.yaml' },
  'monitoring.coreos.com/v1 PodMonitor': {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    file: 'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
  },
  'monitoring.coreos.com/v1 PrometheusRule': {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    file: 'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
  },
};

const validators = new Map<string, Promise<ValidateFunction>>();

/** What is wrong with the object, a line each; none if an API server would take it. */
export async function mistakesIn(object: KubernetesObject): Promise<readonly string[]> {
  const kind = `${object.apiVersion} ${object.kind}`;
  if (!validators.has(kind)) validators.set(kind, validatorOf(object));
  const validate = await validators.get(kind)!;
  // Not as a condition: ajv's answer would make TypeScript believe that what follows is never reached.
  const valid: boolean = validate(object);
  return valid
    ? []
    : validate.errors!.map(
        ({ instancePath, message, params }) =>
          `${kind} ${object.metadata.name}: ${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
      );
}

async function validatorOf({ apiVersion, kind }: KubernetesObject): Promise<ValidateFunction> {
  const custom = customKinds[`${apiVersion} ${kind}`];
  const schema = custom ? await customSchema(custom, apiVersion) : await builtInSchema(apiVersion, kind);
  return new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
}

async function builtInSchema(apiVersion: string, kind: string): Promise<Schema> {
  const folder = join(
    await goModuleFolder('sigs.k8s.io/kubectl-validate@v0.0.4'),
    'pkg/openapiclient/builtins',
    kubernetesVersion,
  );
  const file = join(folder, apiVersion.includes('/') ? `apis/${apiVersion}.json` : `api/${apiVersion}.json`);
  const { components } = JSON.parse(await readFile(file, 'utf8')) as {
    components: { schemas: Record<string, Schema> };
  };
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const is = (schema: Schema): boolean =>
    ((schema['x-kubernetes-group-version-kind'] ?? []) as { group: string; version: string; kind: string }[]).some(
      (names) => names.group === group && names.version === version && names.kind === kind,
    );
  const [name] = Object.entries(components.schemas).find(([, schema]) => is(schema)) ?? [];
  if (name === undefined)
    throw new Error(`Kubernetes ${kubernetesVersion} has no ${apiVersion} ${kind} (looked into ${file})`);
  return { $ref: `#/components/schemas/${name}`, components: { schemas: closed(components.schemas) } };
}

async function customSchema(
  { module, file }: { readonly module: string; readonly file: string },
  apiVersion: string,
): Promise<Schema> {
  const text = await readFile(join(await goModuleFolder(module), file), 'utf8');
  const [definition] = parseYaml(text, file) as [
    { spec: { versions: { name: string; schema: { openAPIV3Schema: Schema } }[] } },
  ];
  const { openAPIV3Schema } = definition.spec.versions.find(({ name }) => apiVersion.endsWith(`/${name}`))!.schema;
  const schema = closed(openAPIV3Schema) as Schema & { properties: Schema };
  // The server itself knows the metadata of every object; a definition only says `object`.
  return { ...schema, properties: { ...schema.properties, metadata: { type: 'object' } } };
}

/**
 * The schema with every object closed that lists its fields: an unknown field is a mistake, unless the schema says it
 * is kept.
 */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)])) as Schema;
  if (inner['x-kubernetes-int-or-string']) return { type: ['integer', 'string'] } as T;
  // Go's regular expressions may begin with a flag, which JavaScript's cannot; such a text is not checked further.
  if (String(inner.pattern).includes('(?i)')) delete inner.pattern;
  const listsItsFields = inner.type === 'object' && typeof inner.properties === 'object';
  const open = 'additionalProperties' in inner || inner['x-kubernetes-preserve-unknown-fields'] === true;
  return (listsItsFields && !open ? { ...inner, additionalProperties: false } : inner) as T;
}
