import { fileURLToPath } from 'node:url';

const pathOf = (module: string): string =>
  fileURLToPath(new URL(`../workflows/${module}.ts`, import.meta.url));

/** The workflows as source, for whoever bundles them. */
export const WORKFLOW_SOURCE = {
  workflowsPath: pathOf('index'),
  workflowInterceptorModules: [pathOf('interceptors')],
};
