/** Entry and programs of the npm package, by their names in its folder `dist/npm`: the compiled file of each. */
export const entries = {
  index: 'apps/cli/dist/api/index.js',
  mipnet: 'apps/cli/dist/main.js',
  'mipnet-vnnlib': 'apps/cli/dist/vnnlib-main.js',
  worker: 'apps/worker/dist/main.js',
  keeper: 'libs/stack/dist/keeper.js',
  leash: 'libs/stack/dist/leash.js',
  'node-job': 'libs/activities/dist/node-job.js',
  'front-job': 'libs/training/dist/rows/front-job.js',
  'runtime-job': 'libs/verification/dist/slots/runtime-job.js',
  'verify-job': 'libs/verification/dist/slots/verify-job.js',
  'measure-job': 'libs/study/dist/slots/measure-job.js',
};

/** What is copied beside them. */
export const copies = {
  'workflow-bundle.js': 'apps/worker/dist/workflow-bundle.js',
  'solve.py': 'libs/solver/python/solve.py',
};
