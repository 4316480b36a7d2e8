/**
 * Who may import whom, each with its reason. `npm run check:imports` holds the tree against these, and
 * test/import-rules.test.ts shows that each of them can fail.
 */

/**
 * @param {string} room
 * @param {string[]} allowed
 * @param {string} why
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function roomImportsOnly(room, allowed, why) {
  return {
    name: `${room}-imports-only-${allowed.join('-') || 'itself'}`,
    severity: 'error',
    comment: why,
    from: { path: `^${room}/` },
    to: {
      path: '^[^/]+/',
      dependencyTypesNot: ['core'],
      pathNot: [`^(${[room, ...allowed].join('|')})/`, '^node_modules/'],
    },
  };
}

/**
 * @param {string} room
 * @param {string} packages regular expression of their paths
 * @param {string} why
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function roomUsesOnlyPackages(room, packages, why) {
  return {
    name: `${room}-packages`,
    severity: 'error',
    comment: why,
    from: { path: `^${room}/` },
    // `npm-no-pkg`: a package that only another package brings, which nobody declared.
    to: {
      dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-bundled', 'npm-no-pkg', 'core'],
      pathNot: packages,
    },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Rooms and files that need each other cannot be read, tested or replaced one by one.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-test-local-bench',
      severity: 'error',
      comment: 'What users run in production must not depend on tests, the local stack or benchmarks.',
      from: { pathNot: '^(test|local|bench)/' },
      to: { path: '^(test|local|bench)/' },
    },
    {
      name: 'local-not-to-test',
      severity: 'error',
      comment: 'The local stack is a product of its own; tests stand on it, not the other way round.',
      from: { path: '^(local|bench)/' },
      to: { path: '^test/' },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      comment: 'An import that leads nowhere fails at start, at the latest.',
      from: {},
      to: { couldNotResolve: true },
    },
    roomImportsOnly('domain', [], 'The rules are pure: they know nothing of Temporal, AWS or processes.'),
    roomUsesOnlyPackages(
      'domain',
      '^node_modules/(ip-num|zod)/',
      'The rules run inside workflows too: anything with a clock, randomness or I/O would break replay.',
    ),
    roomImportsOnly(
      'contract',
      ['domain'],
      'What callers and workflows say to each other is shaped by the rules alone.',
    ),
    roomUsesOnlyPackages(
      'contract',
      '^node_modules/(@temporalio/(common|workflow)|zod)/',
      'Callers load the contract: it brings definitions, not a worker or an AWS client.',
    ),
    roomImportsOnly(
      'workflows',
      ['contract', 'domain', 'activities'],
      'Workflows decide; effects are activities, and of those they know only the types.',
    ),
    {
      name: 'workflows-know-activities-as-types',
      severity: 'error',
      comment: 'An activity that is bundled into a workflow would run its I/O inside it, and break replay.',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    roomUsesOnlyPackages(
      'workflows',
      '^node_modules/(@temporalio/(common|workflow)|zod)/',
      'Only what is made for the workflow sandbox is deterministic.',
    ),
    roomImportsOnly(
      'activities',
      ['contract', 'domain'],
      'Effects serve the workflows and know none of them.',
    ),
    roomImportsOnly(
      'worker',
      ['activities', 'contract', 'domain'],
      'The worker loads workflows by path: importing them would run them outside the sandbox.',
    ),
    roomImportsOnly('client', ['contract', 'domain'], 'Callers need no AWS, no worker and no workflow code.'),
    roomImportsOnly(
      'gateway',
      ['client', 'contract', 'domain'],
      'The gateway is a caller like any other: it has no AWS, no worker and no workflow code.',
    ),
    {
      name: 'client-without-aws',
      severity: 'error',
      comment: 'Only activities hold credentials for AWS; a caller never does.',
      from: { path: '^(client|gateway)/' },
      to: { path: '^node_modules/@(aws-sdk|smithy)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
