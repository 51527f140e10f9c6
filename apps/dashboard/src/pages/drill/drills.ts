export interface Drill {
  readonly title: string;
  readonly lines: string[];
}

/** Failures of different families, each as its own log tells it. */
export const DRILLS: readonly Drill[] = [
  {
    title: 'A registry that does not answer',
    lines: [
      'npm error code ECONNRESET',
      'npm error network request to https://registry.npmjs.org/left-pad failed, reason: read ECONNRESET',
      'npm error network This is a problem related to network connectivity.',
    ],
  },
  {
    title: 'Conflicting package versions',
    lines: [
      'npm error code ERESOLVE',
      'npm error ERESOLVE unable to resolve dependency tree',
      'npm error Found: react@19.1.0',
      'npm error Could not resolve dependency: peer react@"^18.0.0" from chart-kit@4.2.0',
    ],
  },
  {
    title: 'A process that ran out of memory',
    lines: [
      '<--- Last few GCs --->',
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      'Aborted (core dumped)',
    ],
  },
  {
    title: 'A test that fails',
    lines: [
      ' FAIL  test/cart.test.ts > the cart > adds up prices',
      'AssertionError: expected 1998 to be 1999',
      ' Test Files  1 failed | 12 passed (13)',
    ],
  },
  {
    title: 'A certificate that has expired',
    lines: [
      'Error: certificate has expired',
      "    code: 'CERT_HAS_EXPIRED',",
      'request to https://payments.example.com/charge failed',
    ],
  },
];
