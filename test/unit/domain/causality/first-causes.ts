/** Logs, and the line of each that is taken for the first cause. */
export const FIRST_CAUSES: readonly (readonly [name: string, lines: readonly string[], cause: string])[] = [
  [
    'the refused connection before the timeouts that name the host',
    [
      '2026-11-21T03:04:00Z ERROR connect ECONNREFUSED db:5432',
      '2026-11-21T03:04:05Z ERROR query timed out after 5000 ms at db:5432',
      '2026-11-21T03:04:06Z ERROR GET /cart timed out',
      '2026-11-21T03:04:07Z ERROR health check of checkout failed: unhealthy',
    ],
    '2026-11-21T03:04:00Z ERROR connect ECONNREFUSED db:5432',
  ],
  [
    'the full disk before the database that stops and those who cannot reach it',
    [
      '2026-11-21T03:00:00Z postgres[7]: PANIC: could not write to file "pg_wal/1": No space left on device',
      '2026-11-21T03:00:01Z postgres[7]: server process was terminated by SIGABRT',
      '2026-11-21T03:00:02Z checkout: connection to postgres refused',
      '2026-11-21T03:00:09Z checkout: request failed with status 500',
    ],
    '2026-11-21T03:00:00Z postgres[7]: PANIC: could not write to file "pg_wal/1": No space left on device',
  ],
  [
    "the compiler's first error before those that come of it",
    [
      "src/cart.ts(3,8): error TS2307: Cannot find module './money'.",
      "src/cart.ts(12,5): error TS2304: Cannot find name 'total'.",
      "src/cart.ts(14,5): error TS2304: Cannot find name 'total'.",
      'Found 3 errors in 1 file.',
      'npm ERR! code ELIFECYCLE',
      '##[error]Process completed with exit code 2.',
    ],
    "src/cart.ts(3,8): error TS2307: Cannot find module './money'.",
  ],
  [
    'the innermost of a chain of Java exceptions',
    [
      'java.lang.IllegalStateException: the shop did not start',
      '\tat com.example.Shop.main(Shop.java:12)',
      'Caused by: org.example.PoolException: no connection',
      '\tat com.example.Pool.open(Pool.java:40)',
      'Caused by: java.net.ConnectException: Connection refused',
      '\tat java.base/sun.nio.ch.Net.connect(Net.java:500)',
      '\t... 12 more',
      '[ERROR] Failed to execute goal org.example:run (default) on project shop',
    ],
    'java.net.ConnectException: Connection refused',
  ],
  [
    'the exception that was handled when another one came',
    [
      'Traceback (most recent call last):',
      '  File "/app/prices.py", line 4, in read',
      "KeyError: 'eur'",
      'During handling of the above exception, another exception occurred:',
      'Traceback (most recent call last):',
      '  File "/app/cart.py", line 9, in total',
      'RuntimeError: no price',
    ],
    "KeyError: 'eur'",
  ],
  [
    'the exception behind what another program prints within its traceback',
    [
      'Traceback (most recent call last):',
      '  File "/app/cart.py", line 9, in total',
      'Order two pizzas and pay with the card on file.',
      'prices.errors.NoPrice: no price for eur',
    ],
    'prices.errors.NoPrice: no price for eur',
  ],
  [
    'what a program reports, not what it logs for debugging',
    [
      '10:02:11 [main] DEBUG settings.local not found, cannot load it: No such file or directory',
      '10:02:12 [main] INFO listening',
      '10:02:13 [main] ERROR two plug-ins are called prices',
    ],
    '10:02:13 [main] ERROR two plug-ins are called prices',
  ],
  [
    'the last cause that anyhow lists',
    ['Error: cannot start', 'Caused by:', '    0: load app.toml', '    1: expected a table key at line 3'],
    'expected a table key at line 3',
  ],
  [
    'the inner exception of .NET',
    [
      'Unhandled exception. System.InvalidOperationException: the cart is closed',
      ' ---> System.TimeoutException: the store did not answer',
      '   at Shop.Cart.Close() in /src/Cart.cs:line 12',
    ],
    'System.TimeoutException: the store did not answer',
  ],
  [
    'the failed test before the summary and the exit code',
    [
      '--- FAIL: TestTotal (0.00s)',
      '    cart_test.go:12: got 3, want 4',
      'FAIL',
      'FAIL\tshop/cart\t0.012s',
      '##[error]Process completed with exit code 1.',
    ],
    '--- FAIL: TestTotal (0.00s)',
  ],
  [
    'the error, not the script that would have printed one',
    [
      'echo "ERROR: prices.json is missing"',
      'open prices.json: no such file or directory',
      '##[error]Process completed with exit code 1.',
    ],
    'open prices.json: no such file or directory',
  ],
];
