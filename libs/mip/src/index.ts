export * from './linear-expression.js';
export * from './model.js';
export * from './model-builder.js';
export * from './write-mps.js';
