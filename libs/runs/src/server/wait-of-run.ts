import type { Connection } from '@temporalio/client';
import { tsToDate } from '@temporalio/common/lib/time.js';
import { leavesOfActivity, orchestratorQueue, solverOfQueue, solverQueueOf } from '@mipnet/workflows';
import { mipnetCommand, plainLine } from '@mipnet/text';
import { describeTree, type Description } from './describe-tree.js';
import { freshPoller, pollersOf, queueType, type Version } from './pollers.js';

/** What a run that does not move waits for. */
export interface Wait {
  /** Equal for the same reason, whatever numbers the text holds. */
  readonly reason: 'server' | 'orchestrator' | 'workflow-task' | 'solver' | 'failing';
  readonly text: string;
}

export interface WaitQuestion {
  readonly connection: Connection;
  readonly namespace: string;
  readonly run: string;
  /** What has waited for less is not waiting yet. */
  readonly seconds: number;
  /** The answer to the query for the run's progress: nothing, or an error. */
  readonly queryError?: string;
}

type Activity = Description['pendingActivities'][number];

// Numbers of the enums WorkflowExecutionStatus, PendingActivityState, VersioningBehavior and EventType.
const runningWorkflow = 1;
const scheduled = 1;
const started: readonly number[] = [2, 3, 5];
const pinned = 1;
const workflowTaskFailed = 9;

/** Milliseconds for a call: a server that has ended does not answer, but the client would try for a minute. */
const answerWithin = 5000;

/** What the run waits for, according to its server; undefined if a worker works on it, or nothing is to be done. */
export async function waitOfRun(question: WaitQuestion): Promise<Wait | undefined> {
  try {
    return await question.connection.withDeadline(Date.now() + answerWithin, () => look(question));
  } catch {
    return { reason: 'server', text: 'the Temporal server does not answer' };
  }
}

async function look(question: WaitQuestion): Promise<Wait | undefined> {
  const workflows = await describeTree(question, question.run);
  const [root] = workflows;
  if (root?.workflowExecutionInfo?.status !== runningWorkflow) return undefined;
  const version = versionOf(root);
  for (const workflow of workflows) {
    const wait = await waitOfWorkflowTask(question, workflow, version);
    if (wait) return wait;
  }
  if (question.queryError !== undefined) return waitForAnswer(question, version);
  const activities = workflows.flatMap(({ pendingActivities }) => pendingActivities);
  if (activities.some(({ state }) => started.includes(state ?? 0))) return undefined;
  return waitOfActivities(
    question,
    activities.filter((activity) => isOverdue(activity, question.seconds)),
    version,
  );
}

/** The build that the run is bound to. */
function versionOf({ workflowExecutionInfo }: Description): Version | undefined {
  const { behavior, deploymentVersion } = workflowExecutionInfo?.versioningInfo ?? {};
  const { deploymentName, buildId } = deploymentVersion ?? {};
  return behavior === pinned && deploymentName && buildId ? { deploymentName, buildId } : undefined;
}

async function waitOfWorkflowTask(
  question: WaitQuestion,
  workflow: Description,
  version: Version | undefined,
): Promise<Wait | undefined> {
  const task = workflow.pendingWorkflowTask;
  if (!task) return undefined;
  if ((task.attempt ?? 1) > 1) {
    const why = await lastTaskFailure(question, workflow);
    if (why !== '')
      return {
        reason: 'workflow-task',
        text: `its workflow task fails again and again (attempt ${task.attempt}): ${why}${versionAdvice(why)}`,
      };
  }
  if (task.state !== scheduled || secondsSince(task.scheduledTime) < question.seconds) return undefined;
  return noOrchestrator(question, version);
}

async function lastTaskFailure(
  { connection, namespace }: WaitQuestion,
  { workflowExecutionInfo }: Description,
): Promise<string> {
  const execution = workflowExecutionInfo?.execution;
  const { history } = await connection.workflowService.getWorkflowExecutionHistoryReverse({
    namespace,
    execution,
    maximumPageSize: 20,
  });
  const failed = history?.events?.find(
    ({ eventType }) => eventType === workflowTaskFailed,
  )?.workflowTaskFailedEventAttributes;
  return plainLine(failed?.failure?.message ?? '').slice(0, 300);
}

async function noOrchestrator(question: WaitQuestion, version: Version | undefined): Promise<Wait> {
  const pollers = await pollersOf(question, orchestratorQueue, queueType.workflow);
  const { none, polled } = freshPoller(pollers, version, 'orchestrator');
  const text =
    none ?? `an orchestrator polled the queue ${orchestratorQueue} ${polled} s ago, and none has answered since`;
  return { reason: 'orchestrator', text };
}

async function waitForAnswer(question: WaitQuestion, version: Version | undefined): Promise<Wait> {
  const wait = await noOrchestrator(question, version);
  const why = plainLine(question.queryError ?? '').slice(0, 300);
  if (why === '' || wait.reason !== 'orchestrator') return wait;
  const reason = versionAdvice(why) === '' ? 'orchestrator' : 'workflow-task';
  return { reason, text: `an orchestrator answers with an error: ${why}${versionAdvice(why)}` };
}

/** The history was written by other code than the worker's. */
const versionAdvice = (why: string): string =>
  why.includes('TMPRL1100')
    ? '; is it of another version? Start an orchestrator of the version that began the run'
    : '';

async function waitOfActivities(
  question: WaitQuestion,
  waiting: readonly Activity[],
  version: Version | undefined,
): Promise<Wait | undefined> {
  const solves = waiting.filter((activity) => leavesOf(activity) > 0);
  if (waiting.length > solves.length && solves.length === 0) {
    return failing(waiting) ?? noOrchestrator(question, version);
  }
  if (solves.length === 0) return undefined;
  const usual = solverQueueOf(orchestratorQueue);
  // All leaves of a run are for one solver.
  const queue = plainLine(solves[0].activityOptions?.taskQueue?.name ?? usual);
  const solver = queue === usual ? undefined : solverOfQueue(orchestratorQueue, queue);
  const role = solver === undefined ? 'solver worker' : `worker with the solver ${solver}`;
  const { none, polled } = freshPoller(await pollersOf(question, queue, queueType.activity), version, role);
  const leaves = solves.reduce((sum, activity) => sum + leavesOf(activity), 0);
  const wait = `${leaves} ${leaves === 1 ? 'MIP waits' : 'MIPs wait'}`;
  if (none !== undefined) {
    const start = solver === undefined ? '' : `; "${mipnetCommand('worker', '--solver', solver)}" starts one`;
    return { reason: 'solver', text: `${none}; ${wait}${start}` };
  }
  return (
    failing(solves) ?? {
      reason: 'solver',
      text: `no ${role} takes a MIP of this run from the queue ${queue}, which one polled ${polled} s ago; ${wait}`,
    }
  );
}

const leavesOf = ({ activityType, activityId }: Activity): number =>
  leavesOfActivity(activityType?.name ?? '', activityId ?? '');

/** Attempts that ended in an error, which is tried again after a pause. */
function failing(activities: readonly Activity[]): Wait | undefined {
  const failed = activities.find(({ attempt, lastFailure }) => (attempt ?? 1) > 1 && lastFailure?.message);
  if (!failed) return undefined;
  const { activityType, attempt, lastFailure, lastWorkerIdentity } = failed;
  const worker = lastWorkerIdentity ? ` on ${plainLine(lastWorkerIdentity)}` : '';
  const why = plainLine(lastFailure?.message ?? '').slice(0, 300);
  return {
    reason: 'failing',
    text:
      `${plainLine(activityType?.name ?? 'an activity')} failed${worker} and is tried again ` +
      `(attempt ${attempt}): ${why}`,
  };
}

const isOverdue = ({ state, scheduledTime, attempt }: Activity, seconds: number): boolean =>
  state === scheduled && ((attempt ?? 1) > 1 || secondsSince(scheduledTime) >= seconds);

const secondsSince = (time: Parameters<typeof tsToDate>[0] | null | undefined): number =>
  time ? (Date.now() - tsToDate(time).getTime()) / 1000 : Infinity;
