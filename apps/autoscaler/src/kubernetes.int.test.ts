import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KubernetesDeployment } from './kubernetes.js';

/**
 * The part of a Kubernetes API server that the provider talks to, with the controller's rule of which pod goes first.
 */
class FakeCluster {
  replicas = 0;
  version = 1;
  conflict = false;
  pods: {
    metadata: { name: string; annotations: Record<string, string>; deletionTimestamp?: string };
    status: { phase: string };
  }[] = [];
  readonly removed: string[] = [];

  answer(method: string, path: string, body: Record<string, never>): { status: number; body: object } {
    if (path.startsWith('/apis/apps/v1/namespaces/ml/deployments/solver/scale')) {
      if (method === 'GET') return { status: 200, body: this.scale() };
      if (this.conflict || body['metadata']['resourceVersion'] !== String(this.version))
        return { status: 409, body: { kind: 'Status', code: 409 } };
      this.setReplicas(body['spec']['replicas']);
      return { status: 200, body: this.scale() };
    }
    if (method === 'GET' && path.startsWith('/api/v1/namespaces/ml/pods?')) {
      const query = new URLSearchParams(path.split('?')[1]);
      if (query.get('labelSelector') !== 'app=solver') return { status: 200, body: { items: [] } };
      const from = Number(query.get('continue') ?? 0);
      const more = from + 2 < this.pods.length ? { continue: String(from + 2) } : {};
      return {
        status: 200,
        body: { kind: 'PodList', apiVersion: 'v1', metadata: more, items: this.pods.slice(from, from + 2) },
      };
    }
    const pod = this.pods.find(({ metadata }) => path === `/api/v1/namespaces/ml/pods/${metadata.name}`);
    if (method === 'PATCH' && pod) {
      for (const [key, value] of Object.entries(body['metadata']['annotations'] as Record<string, string | null>)) {
        if (value === null) delete pod.metadata.annotations[key];
        else pod.metadata.annotations[key] = value;
      }
      return { status: 200, body: pod };
    }
    return { status: 404, body: { kind: 'Status', code: 404 } };
  }

  setReplicas(replicas: number): void {
    this.replicas = replicas;
    this.version++;
    const cost = (pod: (typeof this.pods)[number]): number =>
      Number(pod.metadata.annotations['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
    const alive = this.pods.filter(({ metadata }) => !metadata.deletionTimestamp).sort((a, b) => cost(a) - cost(b));
    for (const pod of alive.slice(0, alive.length - replicas)) {
      pod.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
      this.removed.push(pod.metadata.name);
    }
    for (let n = alive.length; n < replicas; n++)
      this.pods.push({
        metadata: { name: `solver-${this.pods.length}`, annotations: {} },
        status: { phase: 'Running' },
      });
  }

  private scale(): object {
    const metadata = { name: 'solver', namespace: 'ml', resourceVersion: String(this.version) };
    return {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata,
      spec: { replicas: this.replicas },
      status: { replicas: this.replicas, selector: 'app=solver' },
    };
  }
}

describe('Kubernetes deployment', () => {
  let server: Server;
  let config: KubeConfig;
  let cluster: FakeCluster;
  const contentTypes: (string | undefined)[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const read = request.method === 'GET' ? Promise.resolve({}) : json(request);
      void read.then((body) => {
        if (request.method === 'PATCH') contentTypes.push(request.headers['content-type']);
        const answer = cluster.answer(request.method!, request.url!, body as Record<string, never>);
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'fake', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: 'nobody' },
    );
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => (cluster = new FakeCluster()));
  const connect = () => KubernetesDeployment.connect({ deployment: 'solver', namespace: 'ml', config });

  it('starts pods, lists all pages of them and knows them by their identity', async () => {
    const provider = await connect();
    await provider.start(5);
    const { wanted, workers } = await provider.observe();
    expect([wanted, workers.map(({ id }) => id)]).toEqual([
      5,
      ['solver-0', 'solver-1', 'solver-2', 'solver-3', 'solver-4'],
    ]);
    expect(workers.map((worker) => worker.answersTo('1@solver-3'))).toEqual([false, false, false, true, false]);
    expect(workers[1].answersTo('1@solver-11')).toBe(false);
  });

  it('removes exactly the given pods, whatever marks are left from before', async () => {
    const provider = await connect();
    await provider.start(4);
    cluster.pods[0].metadata.annotations['controller.kubernetes.io/pod-deletion-cost'] = '-100';
    const { workers } = await provider.observe();
    await provider.drain([workers[3], workers[1]]);
    expect(cluster.removed.sort()).toEqual(['solver-1', 'solver-3']);
    expect(cluster.pods[0].metadata.annotations).toEqual({});
    expect(contentTypes).toContain('application/merge-patch+json');
    const after = await provider.observe();
    expect([after.wanted, after.workers.filter(({ draining }) => draining).map(({ id }) => id)]).toEqual([
      2,
      ['solver-1', 'solver-3'],
    ]);
  });

  it('does not list pods that have ended', async () => {
    const provider = await connect();
    await provider.start(2);
    cluster.pods[0].status.phase = 'Failed';
    expect((await provider.observe()).workers.map(({ id }) => id)).toEqual(['solver-1']);
  });

  it('says what was refused and why', async () => {
    const provider = await connect();
    cluster.conflict = true;
    await expect(provider.start(1)).rejects.toMatchObject({
      code: 'pool',
      message: 'cannot scale the deployment ml/solver: somebody else has just changed it',
    });
    const stranger = await KubernetesDeployment.connect({ deployment: 'nobody', namespace: 'ml', config });
    await expect(stranger.observe()).rejects.toThrow('cannot read the scale of the deployment ml/nobody: HTTP 404');
  });
});
