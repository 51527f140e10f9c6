import { createRequire } from 'node:module';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aServedIntake, type Fault } from './log-intake-rig.ts';

/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');
const GZIP = 'gzip' as NonNullable<NonNullable<ConstructorParameters<typeof JsonExporter>[0]>['compression']>;
/** Ends what hangs; a machine may do much else. */
const TIMEOUT_MS = 120_000;

interface Emitted {
  readonly service?: string;
  readonly body: string;
  readonly attributes?: Record<string, string | number>;
}

/** Records as the SDK hands them to an exporter. */
function recordsOf(emitted: readonly Emitted[]): ReadableLogRecord[] {
  return emitted.flatMap(({ service = 'orders', body, attributes = {} }) => {
    const exporter = new InMemoryLogRecordExporter();
    const resource = { attributes: { 'service.name': service } } as unknown as ReadableLogRecord['resource'];
    const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] });
    provider.getLogger('tills').emit({ severityNumber: SeverityNumber.ERROR, severityText: 'ERROR', body, attributes });
    return exporter.getFinishedLogRecords();
  });
}

type Exporter = JsonExporter | ProtobufExporter;
const EXPORTERS: readonly (readonly [string, typeof JsonExporter | typeof ProtobufExporter])[] = [
  ['JSON', JsonExporter],
  ['protobuf', ProtobufExporter],
];

/** Hands records to an exporter and says what it made of the answer. */
async function exported(
  exporter: Exporter,
  emitted: readonly Emitted[],
): Promise<{ readonly ok: boolean; readonly error: string }> {
  const records = recordsOf(emitted);
  const result = await new Promise<{ code: number; error?: Error & { data?: string; code?: number } }>((done) =>
    exporter.export(records, done),
  );
  const { code, data, message } = result.error ?? {};
  return { ok: result.code === 0, error: result.error === undefined ? '' : `${code} ${data ?? message}` };
}

async function anExporter(
  Kind: typeof JsonExporter | typeof ProtobufExporter,
  options: { gzip?: boolean; faults?: Fault[] } = {},
) {
  const intake = await aServedIntake(options.faults);
  const exporter = new Kind({
    url: intake.url,
    headers: { authorization: `Bearer ${intake.text}` },
    timeoutMillis: TIMEOUT_MS,
    ...(options.gzip === true ? { compression: GZIP } : {}),
  });
  onTestFinished(() => exporter.shutdown());
  return { ...intake, exporter };
}

/** Warnings of the exporters, through the API that they bring along. */
function warnings(): string[] {
  const ofSdk = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/sdk-logs'));
  const { diag, DiagLogLevel } = ofSdk('@opentelemetry/api') as {
    diag: { setLogger(logger: object, level: number): void; disable(): void };
    DiagLogLevel: { WARN: number };
  };
  const said: string[] = [];
  const note = (...words: unknown[]) => void said.push(words.join(' '));
  const nothing = () => {};
  diag.setLogger({ error: note, warn: note, info: nothing, debug: nothing, verbose: nothing }, DiagLogLevel.WARN);
  onTestFinished(() => diag.disable());
  return said;
}

const REFUSED: Emitted[] = [
  { body: `payment refused, token=${SECRET}`, attributes: { 'http.response.status_code': 502 } },
  { body: 'payment refused again' },
];

describe.each(EXPORTERS)("OpenTelemetry's own exporter in %s", (name, Kind) => {
  it('hands over lines, which are redacted and counted', async () => {
    const said = warnings();
    const { exporter, kept, sent } = await anExporter(Kind);
    expect(await exported(exporter, REFUSED)).toEqual({ ok: true, error: '' });
    expect(sent).toEqual([expect.objectContaining({ encoding: 'identity', status: 200 })]);
    expect(kept).toMatchObject([{ service: 'orders', lines: 2, requests: 1, failures: 1, levels: { error: 2 } }]);
    expect(JSON.stringify(kept)).toContain('payment refused, token=[redacted:');
    expect(JSON.stringify(kept)).not.toContain(SECRET);
    expect(said).toEqual([]);
  });

  it('sends again what was throttled or not answered, and it counts once', async () => {
    const throttled: Fault = async () => ({ status: 429, headers: {}, body: '{"message":"Too Many Requests"}' });
    const lost: Fault = async (deliver) => {
      await deliver();
      return 'hang up';
    };
    const { exporter, kept, sent } = await anExporter(Kind, { faults: [throttled, lost] });
    expect(await exported(exporter, REFUSED)).toEqual({ ok: true, error: '' });
    expect(sent.map(({ status }) => status)).toEqual([429, 0, 200]);
    // Kept under one id, which counts once.
    expect(kept.map(({ id, lines }) => [id, lines])).toEqual([1, 2].map(() => [kept[0]?.id, 2]));
  });

  it('reads how many records were rejected, and why', async () => {
    const said = warnings();
    const { exporter, kept } = await anExporter(Kind);
    const many = Array.from({ length: 60 }, (_, at) => ({ service: `s${at}`, body: 'x' }));
    expect((await exported(exporter, many)).ok).toBe(true);
    expect(kept).toHaveLength(50);
    expect(said.join('\n')).toMatch(/Partial Success.*"rejectedLogRecords":"?10"?.*More than 50 services/);
  });

  it('gives up on what is too large, and hands on how to send less', async () => {
    const { exporter, sent } = await anExporter(Kind);
    const { ok, error } = await exported(exporter, [{ body: 'x'.repeat(4 * 1024 * 1024) }]);
    expect([ok, sent.length]).toEqual([false, 1]);
    expect(error).toMatch(/^413 .*at most 4194304 are taken.*send_batch_max_size/s);
  });

  it(name === 'protobuf' ? 'compresses as it likes' : 'hears that compressed JSON does not pass', async () => {
    const { exporter, kept, sent } = await anExporter(Kind, { gzip: true });
    const { ok, error } = await exported(exporter, REFUSED);
    expect(sent).toMatchObject([{ encoding: 'gzip' }]);
    if (name === 'protobuf') {
      expect([ok, error]).toEqual([true, '']);
      expect(kept).toMatchObject([{ service: 'orders', lines: 2, failures: 1 }]);
      expect(JSON.stringify(kept)).not.toContain(SECRET);
    } else {
      expect([ok, kept]).toEqual([false, []]);
      expect(error).toMatch(/^415 .*application\/x-protobuf, compressed or not, or JSON without compression/s);
    }
  });
});
