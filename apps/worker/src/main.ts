import { createRoleActivities } from './role-activities.js';
import { workerMain } from './run-worker.js';

await workerMain(process.argv.slice(2), createRoleActivities);
