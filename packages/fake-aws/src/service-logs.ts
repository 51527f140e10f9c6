import { createHash } from 'node:crypto';
import type { LogEvent, SampleCloud, ServiceId } from './state.ts';

interface LogVocabulary {
  readonly group: string;
  readonly stream: string;
  /** Requests per minute. */
  readonly rate: number;
  normal(index: number): string[];
  broken(index: number): string[];
}

const requestId = (index: number) => {
  const hex = createHash('sha256').update(`request ${index}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
};

const report = (index: number, ms: number) =>
  `REPORT RequestId: ${requestId(index)}\tDuration: ${ms.toFixed(2)} ms\tBilled Duration: ${Math.ceil(ms)} ms\t` +
  'Memory Size: 512 MB\tMax Memory Used: 138 MB\t\n';

/** Log lines by service; services that are missing here write no log. */
const SERVICE_LOGS: Readonly<Partial<Record<ServiceId, LogVocabulary>>> = {
  checkout: {
    group: '/aws/lambda/checkout-api',
    stream: '2026/11/20/[42]6d1f0c9e5b7a4d2e8f30a1b2c3d4e5f6',
    rate: 30,
    normal: (index) => [
      `START RequestId: ${requestId(index)} Version: 42\n`,
      `${JSON.stringify({ level: 'INFO', message: 'Order paid', service: 'checkout', items: (index % 5) + 1 })}\n`,
      `END RequestId: ${requestId(index)}\n`,
      report(index, 41 + (index % 17)),
    ],
    broken: (index) => [
      `START RequestId: ${requestId(index)} Version: 42\n`,
      `${JSON.stringify({ level: 'INFO', message: 'Loading price list', service: 'checkout', region: 'eu' })}\n`,
      [
        'ERROR\tInvoke Error\t{"errorType":"TypeError","errorMessage":"Cannot read properties of undefined (reading \'currency\')",',
        '"stack":["TypeError: Cannot read properties of undefined (reading \'currency\')",',
        '"    at totalOf (file:///var/task/index.mjs:118:34)",',
        '"    at priceCart (file:///var/task/index.mjs:164:17)",',
        '"    at Runtime.handler (file:///var/task/index.mjs:203:9)"]}\n',
      ].join(''),
      `END RequestId: ${requestId(index)}\n`,
      report(index, 12 + (index % 5)),
    ],
  },
  orders: {
    group: '/ecs/orders',
    stream: 'orders/orders/0f9e8d7c6b5a49382716f5e4d3c2b1a0',
    rate: 40,
    normal: (index) => [
      `{"level":"info","method":"GET","path":"/orders/${1000 + index}","status":200,"ms":${9 + (index % 20)}}`,
    ],
    broken: (index) => [
      `{"level":"info","method":"POST","path":"/orders","cart":${4000 + index}}`,
      `{"level":"error","msg":"insert failed","error":"column \\"delivery_slot\\" of relation \\"orders\\" does not exist","code":"42703"}`,
      '    at Parser.parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:283:98)',
      '    at OrderStore.insert (/app/dist/order-store.js:57:23)',
      `{"level":"warn","method":"POST","path":"/orders","status":500,"ms":${31 + (index % 11)}}`,
    ],
  },
  catalog: {
    group: '/ecs/catalog',
    stream: 'catalog/catalog/4b1d9e0f7a6c4e2d8b3a5f60718293a4',
    rate: 25,
    normal: (index) => [
      `{"level":"info","method":"GET","path":"/products/${700 + index}","status":200,"ms":${6 + (index % 15)}}`,
    ],
    broken: (index) => [
      `{"level":"warn","msg":"heap is nearly full","usedMb":${452 + (index % 20)},"limitMb":512,"gcMs":${210 + (index % 90)}}`,
      `{"level":"info","method":"GET","path":"/products/${700 + index}","status":200,"ms":${640 + (index % 150)}}`,
    ],
  },
  reports: {
    group: '/shop/reports',
    stream: 'airflow-worker-1',
    rate: 4,
    normal: (index) => [
      `{taskinstance.py:1332} INFO - Marking task as SUCCESS. dag_id=nightly-reports, task_id=extract_${index % 5}`,
    ],
    broken: () => [
      '{taskinstance.py:1851} ERROR - Task failed with exception',
      'Traceback (most recent call last):',
      '  File "/opt/airflow/lib/airflow/utils/timeout.py", line 69, in handle_timeout',
      '    raise AirflowTaskTimeout(self.error_message)',
      'airflow.exceptions.AirflowTaskTimeout: Timeout, PID: 4711',
      '{taskinstance.py:1318} INFO - Marking task as FAILED. dag_id=nightly-reports, task_id=load',
    ],
  },
  gallery: {
    group: '/shop/gallery',
    stream: 'i-0a1b2c3d4e5f60718',
    rate: 20,
    normal: (index) => [`INFO  picture served bytes=${9_000 + 40 * (index % 40)} ms=${8 + (index % 12)}`],
    broken: () => [
      'ERROR request failed',
      'java.lang.OutOfMemoryError: Java heap space',
      '    at shop.gallery.Thumbnails.scale(Thumbnails.java:88)',
    ],
  },
  ledger: {
    group: '/aws/lambda/ledger-api',
    stream: '2026/11/20/[17]a0b1c2d3e4f5061728394a5b6c7d8e9f',
    rate: 12,
    normal: (index) => [`START RequestId: ${requestId(index)} Version: 17\n`, report(index, 380 + (index % 60))],
    broken: (index) => [
      `START RequestId: ${requestId(index)} Version: 17\n`,
      `${JSON.stringify({ level: 'WARN', message: 'Waiting for lock on table entries', service: 'ledger', waitedMs: 6000 + index * 13 })}\n`,
      `${JSON.stringify({ level: 'ERROR', message: 'Statement took longer than 5000 ms', service: 'ledger', statement: 'close_period', ms: 8200 + index * 7 })}\n`,
      report(index, 8600 + (index % 300)),
    ],
  },
};

/** Replaces the service's log group: normal lines before the bad deployment, errors since. Returns what was written; null for a service without a log. */
export function writeServiceLog(
  cloud: SampleCloud,
  service: ServiceId,
  now: Date,
  brokenMinutes: number,
): { readonly group: string; readonly events: readonly LogEvent[] } | null {
  const serviceLog = SERVICE_LOGS[service];
  if (serviceLog === undefined) return null;
  const { group, stream, rate, normal, broken } = serviceLog;
  const stepMs = 60_000 / rate;
  const minutes = brokenMinutes + 10;
  const events: LogEvent[] = [];
  for (let index = 0; index < minutes * rate; index += 1) {
    const start = now.getTime() - minutes * 60_000 + index * stepMs;
    const fails = index >= 10 * rate && index % 5 !== 0;
    const lines = fails ? broken(index) : normal(index);
    for (const [line, message] of lines.entries()) events.push({ at: Math.floor(start + line * 3), stream, message });
  }
  cloud.logs.put(group, events);
  return { group, events };
}
