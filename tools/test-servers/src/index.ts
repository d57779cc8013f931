export * from './fault-proxy.js';
export * from './versitygw.js';
export * from './versitygw-binary.js';
