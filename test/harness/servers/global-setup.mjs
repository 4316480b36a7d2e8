export { beginRun as default } from './run.mjs';
