import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';

/** What the headers of one line say. */
interface Origin {
  readonly at: Date;
  readonly level: string;
  readonly logger: string;
  readonly thread: string;
  readonly host: string;
  readonly process: number;
  readonly source: string;
}

const iso = ({ at }: Origin): string => at.toISOString();
const spaced = ({ at }: Origin, mark: string): string =>
  at.toISOString().slice(0, 23).replace('T', ' ').replace('.', mark);
const slashed = (origin: Origin): string => spaced(origin, '.').slice(0, 19).replaceAll('-', '/');
const syslog = ({ at }: Origin): string =>
  `${at.toUTCString().slice(8, 11)} ${String(at.getUTCDate()).padStart(2, ' ')} ${at.toISOString().slice(11, 19)}`;
const apache = ({ at }: Origin): string =>
  `${at.toUTCString().slice(0, 3)} ${at.toUTCString().slice(8, 11)} ${String(at.getUTCDate()).padStart(2, '0')} ${at.toISOString().slice(11, 23)} ${at.getUTCFullYear()}`;
const seconds = ({ at }: Origin): number => Math.floor(at.getTime() / 1_000);
const last = (logger: string): string => logger.split('.').at(-1) ?? logger;
const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');

/** Layouts of log lines around a message. */
export const HEADERS: Readonly<Record<string, (origin: Origin, message: string) => string>> = {
  'ISO time and level': (o, m) => `${iso(o)} ${o.level} ${m}`,
  syslog: (o, m) => `${syslog(o)} ${o.host} ${last(o.logger).toLowerCase()}[${o.process}]: ${m}`,
  'syslog RFC 5424': (o, m) => `<${o.process % 190}>1 ${iso(o)} ${o.host} ${last(o.logger)} ${o.process} - - ${m}`,
  'epoch and bracketed level': (o, m) => `${seconds(o)} [${o.level}] ${m}`,
  'bracketed fields': (o, m) => `[${spaced(o, ',')}] [${o.thread}] [${o.level}] [${o.logger}] ${m}`,
  'container runtime': (o, m) =>
    `${iso(o).replace('Z', '123456Z')} ${o.level === 'ERROR' ? 'stderr' : 'stdout'} F ${m}`,
  compose: (o, m) => `${last(o.logger).toLowerCase()}-${o.process % 4}  | ${slashed(o)} ${m}`,
  logback: (o, m) =>
    `${spaced(o, '.')}  ${o.level.padStart(5)} ${o.process} --- [${o.thread.padStart(15)}] ${o.logger.padEnd(40)} : ${m}`,
  log4j: (o, m) => `${spaced(o, ',')} ${o.level.padEnd(5)} ${o.logger} (${o.thread}) - ${m}`,
  'python logging': (o, m) =>
    `${o.level.replace(/^WARN$/, 'WARNING')}:${last(o.logger).toLowerCase().replace('$', '_')}:${m}`,
  'python with time': (o, m) => `${spaced(o, ',')} - ${o.logger} - ${o.level} - ${m}`,
  klog: (o, m) =>
    `${o.level.charAt(0)}${o.at.toISOString().slice(5, 10).replace('-', '')} ${o.at.toISOString().slice(11, 23)}456 ${String(o.process).padStart(7)} ${o.source}:${o.process % 900}] ${m}`,
  logfmt: (o, m) => `time="${iso(o)}" level=${o.level.toLowerCase()} msg="${quoted(m)}" component=${last(o.logger)}`,
  'JSON lines': (o, m) =>
    `{"ts":${o.at.getTime() / 1_000},"level":"${o.level.toLowerCase()}","logger":"${o.logger}","msg":"${quoted(m)}","pid":${o.process}}`,
  'web server error log': (o, m) => `${slashed(o)} [${o.level.toLowerCase()}] ${o.process}#0: *${o.process * 7} ${m}`,
  'httpd error log': (o, m) =>
    `[${apache(o)}] [${last(o.logger).toLowerCase()}:${o.level.toLowerCase()}] [pid ${o.process}:tid ${o.process * 31}] ${m}`,
  logcat: (o, m) =>
    `${spaced(o, '.').slice(5)} ${String(o.process).padStart(5)} ${String(o.process + 9).padStart(5)} ${o.level.charAt(0)} ${last(o.logger)}: ${m}`,
  'separated by bars': (o, m) =>
    `${spaced(o, ':').replaceAll('-', '').replace(' ', '-')}|${last(o.logger)}|${o.process * 1_000}|${m}`,
  'event number and node': (o, m) =>
    `${o.process * 3} ${o.host} ${last(o.logger).toLowerCase()} ${o.level.toLowerCase()}.state ${seconds(o)} 1 ${m}`,
  'reliability events': (o, m) =>
    `- ${seconds(o)} ${iso(o).slice(0, 10).replaceAll('-', '.')} ${o.host} ${iso(o).slice(0, 23).replace('T', '-').replaceAll(':', '.')} ${o.host} RAS ${o.logger.startsWith('org') ? 'KERNEL' : 'APP'} ${o.level} ${m}`,
  'aligned columns': (o, m) =>
    `${spaced(o, '.').slice(0, 19)}, ${o.level.padEnd(21)} ${last(o.logger).slice(0, 3).toUpperCase().padEnd(6)} ${m}`,
  'relative seconds': (o, m) =>
    `[${String(seconds(o) % 100_000).padStart(6)}.${String(o.process).padStart(6, '0')}] ${m}`,
  'level in front': (o, m) => `${o.level.padEnd(5)} [${spaced(o, ',')}] ${o.logger}: ${m}`,
  'request id': (o, m) =>
    `${last(o.logger).toLowerCase()}.log.1 ${spaced(o, '.')} ${o.process} ${o.level} ${o.logger} [req-${o.process.toString(16)}f${(o.process * 77).toString(16)}-${o.host} - - -] ${m}`,
};

const LOGGERS = [
  'org.acme.core.Dispatcher',
  'org.acme.net.Peer',
  'com.acme.store.BlockPool',
  'main',
  'com.acme.ui.Panel$1',
  'audit',
  'org.acme.jobs.Runner',
  'kernel',
];
const LEVELS = ['INFO', 'INFO', 'INFO', 'WARN', 'ERROR', 'DEBUG'];
const HOSTS = ['alpha', 'node-17', 'beta03', 'R02-M1-N0', 'db.acme.internal'];
const THREADS = [
  'main',
  'pool-1-thread-3',
  'pool-1-thread-12',
  'IPC Server handler 5 on 9000',
  'http-nio-8080-exec-1',
  'worker@7f',
];
const SOURCES = ['store.go', 'peer_server.go', 'run.cc'];

/** The messages with headers of a layout in front. A template has mostly one logger and level, and threads, hosts and processes vary. */
export function withHeaders(
  messages: readonly string[],
  truths: readonly string[],
  layout: string,
  seed: number,
): string[] {
  const format = HEADERS[layout];
  if (format === undefined) throw new Error(`made logs: unknown header ${layout}`);
  const random = numbersFrom(seed);
  const of = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const origins = new Map<string, { logger: string; level: string; source: string }>();
  let time = Date.UTC(2025, 2, 9, 22, 10);
  return messages.map((message, line) => {
    const truth = truths[line] ?? '';
    const own = origins.get(truth) ?? { logger: of(LOGGERS), level: of(LEVELS), source: of(SOURCES) };
    origins.set(truth, own);
    time += Math.floor(random() ** 4 * 90_000);
    const isOther = random() < 0.1;
    const origin = {
      at: new Date(time),
      level: isOther ? of(LEVELS) : own.level,
      logger: random() < 0.1 ? of(LOGGERS) : own.logger,
      source: own.source,
      thread: of(THREADS),
      host: of(HOSTS),
      process: 1 + Math.floor(random() ** 2 * 30_000),
    };
    return format(origin, message);
  });
}
