import type { AppsV1Api, CoreV1Api, KubeConfig, V1Pod } from '@kubernetes/client-node';
import { AutoscalerError } from './autoscaler-error.js';
import type { PoolState, PoolWorker, Provider } from './provider.js';

// The deployment's pods must be given a termination grace period as long as the longest leaf: between the moment a pod
// is seen idle and its SIGTERM it may have taken a leaf, which it then finishes.

export interface KubernetesOptions {
  /** Name of the Deployment of solver workers. */
  readonly deployment: string;
  /** @default the namespace this process runs in, or that of the current context */
  readonly namespace?: string;
  /** Replaced in tests. @default the service account, $KUBECONFIG or ~/.kube/config */
  readonly config?: KubeConfig;
}

/** Kubernetes deletes the pods with the lowest cost first; pods without the annotation cost 0. */
const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const costOfChosen = '-100';

/**
 * Solver workers as the pods of a Deployment, through its scale sub-resource. To drain a worker, its pod is marked as
 * the cheapest to delete before the replicas are reduced. A worker's identity ends with its pod's name.
 */
export class KubernetesDeployment implements Provider {
  private constructor(
    private readonly apps: AppsV1Api,
    private readonly core: CoreV1Api,
    private readonly where: { readonly name: string; readonly namespace: string },
    private readonly withMergePatch: object,
  ) {}

  /** @throws AutoscalerError 'bad-input' when no cluster is configured */
  static async connect({ deployment: name, namespace, config }: KubernetesOptions): Promise<KubernetesDeployment> {
    // Imported here: a large library, and most autoscalers do without it.
    const k8s = await import('@kubernetes/client-node');
    const used = config ?? new k8s.KubeConfig();
    if (!config) used.loadFromDefault();
    const context = used.getContextObject(used.getCurrentContext());
    if (!used.getCurrentCluster())
      throw new AutoscalerError(
        'bad-input',
        'no Kubernetes cluster is configured: run inside a cluster with a service account, or set KUBECONFIG',
      );
    const where = { name, namespace: namespace ?? context?.namespace ?? 'default' };
    const withMergePatch = k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch);
    return new KubernetesDeployment(
      used.makeApiClient(k8s.AppsV1Api),
      used.makeApiClient(k8s.CoreV1Api),
      where,
      withMergePatch,
    );
  }

  async observe(): Promise<PoolState> {
    const scale = await this.#call('read the scale of', this.apps.readNamespacedDeploymentScale(this.where));
    const pods = await this.#pods(scale.status?.selector);
    return { wanted: scale.spec?.replicas ?? 0, workers: pods.map(workerOf) };
  }

  start(count: number): Promise<void> {
    return this.#changeReplicas(count);
  }

  async drain(workers: readonly PoolWorker[]): Promise<void> {
    const chosen = new Set(workers.map(({ id }) => id));
    const scale = await this.#call('read the scale of', this.apps.readNamespacedDeploymentScale(this.where));
    for (const { metadata } of await this.#pods(scale.status?.selector)) {
      const marked = metadata?.annotations?.[costAnnotation] === costOfChosen;
      const wanted = chosen.has(metadata!.name!);
      // A mark of an earlier time may stand on a pod that is busy now.
      if (marked !== wanted) await this.#mark(metadata!.name!, wanted ? costOfChosen : null);
    }
    await this.#changeReplicas(-workers.length);
  }

  /** The deployment outlives this process, and the next one goes on with it. */
  async close(): Promise<void> {}

  /** Refused by the server, and left to the next look, when somebody else has changed the scale in between. */
  async #changeReplicas(change: number): Promise<void> {
    const scale = await this.#call('read the scale of', this.apps.readNamespacedDeploymentScale(this.where));
    const replicas = Math.max(0, (scale.spec?.replicas ?? 0) + change);
    await this.#call(
      'scale',
      this.apps.replaceNamespacedDeploymentScale({ ...this.where, body: { ...scale, spec: { replicas } } }),
    );
  }

  async #pods(labelSelector: string | undefined): Promise<readonly V1Pod[]> {
    if (!labelSelector)
      throw new AutoscalerError('pool', `the scale of the deployment ${this.#name} names no pods (status.selector)`);
    const { namespace } = this.where;
    const pods: V1Pod[] = [];
    let _continue: string | undefined;
    do {
      const page = await this.#call(
        'list the pods of',
        this.core.listNamespacedPod({ namespace, labelSelector, limit: 500, _continue }),
      );
      pods.push(...page.items);
      _continue = page.metadata?._continue || undefined;
    } while (_continue);
    return pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  }

  async #mark(name: string, cost: string | null): Promise<void> {
    const body = { metadata: { annotations: { [costAnnotation]: cost } } };
    const { namespace } = this.where;
    await this.#call(
      `mark the pod ${name} of`,
      this.core.patchNamespacedPod({ name, namespace, body }, this.withMergePatch),
    );
  }

  async #call<T>(what: string, answer: Promise<T>): Promise<T> {
    return answer.catch((cause: unknown) => {
      const { code, message } = cause as { code?: unknown; message?: string };
      const why =
        code === 409
          ? 'somebody else has just changed it'
          : code === 403
            ? 'the service account may not'
            : code === undefined
              ? message
              : `HTTP ${String(code)}`;
      throw new AutoscalerError('pool', `cannot ${what} the deployment ${this.#name}: ${why}`, { cause });
    });
  }

  get #name(): string {
    return `${this.where.namespace}/${this.where.name}`;
  }
}

function workerOf({ metadata }: V1Pod): PoolWorker {
  const id = metadata!.name!;
  return {
    id,
    draining: metadata!.deletionTimestamp !== undefined,
    answersTo: (identity) => identity.endsWith(`@${id}`),
  };
}
