import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { FUNCTIONS } from '#infra/functions.ts';
import { type Part, resourcesOf, templatesFor } from './assembly.ts';

interface Widget {
  readonly properties: { readonly title: string; readonly metrics: readonly unknown[] };
}

let widgets: Widget[];

beforeAll(() => {
  const { selfheal } = templatesFor();
  const bodies = resourcesOf(selfheal, 'AWS::CloudWatch::Dashboard').map(
    ([, { Properties }]) => Properties.DashboardBody,
  );
  widgets = bodies.flatMap((body) =>
    body === undefined ? [] : (JSON.parse(joined(body)) as { widgets: Widget[] }).widgets,
  );
});

/** A text of CloudFormation, whose references all become one region. */
function joined(text: Part): string {
  const [, parts] = text['Fn::Join'] as unknown as [string, unknown[]];
  return parts.map((part) => (typeof part === 'string' ? part : 'eu-central-1')).join('');
}

/** `[namespace, name, 'service', function, options]` of every counter that is shown. */
function countersShown(): { name: string; service: string }[] {
  const metrics = widgets.flatMap(({ properties }) => properties.metrics) as unknown[][];
  return metrics
    .filter(([first]) => first === 'Selfheal')
    .map(([, name, , service]) => ({ name: String(name), service: String(service) }));
}

it('[D216] shows accuracy, velocity, calibration, action success and what knowledge grew by', () => {
  const names = countersShown().map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'quality-accuracy',
      'pattern-learned',
      'quality-calibration-error',
      'verified-recovered',
      'verified-failed',
      'incident-remembered',
    ]),
  );
  const computed = (
    widgets.flatMap(({ properties }) => properties.metrics) as { expression?: string; label?: string }[][]
  )
    .map(([first]) => first)
    .find((one) => one?.label === 'success rate');
  expect(computed).toMatchObject({ expression: 'helped / (helped + failed)', period: 86_400 });
  for (const [id, name] of [
    ['helped', 'verified-recovered'],
    ['failed', 'verified-failed'],
  ])
    expect(widgets.flatMap(({ properties }) => properties.metrics)).toContainEqual([
      'Selfheal',
      name,
      'service',
      'verify',
      expect.objectContaining({ id, visible: false, stat: 'Sum' }),
    ]);
});

it('shows counters of functions there are', () => {
  const known = FUNCTIONS.map(({ name }) => name);
  for (const { service } of countersShown()) expect(known).toContain(service);
});

it('shows only what code counts', () => {
  const folder = join(import.meta.dirname, '../../../shared/app');
  const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const counted = [...code.matchAll(/meter\.(?:count|time)\((?:'([a-z-]+)'|`([a-z-]+)\$\{)/g)];
  const whole = counted.flatMap(([, name]) => name ?? []);
  const starts = counted.flatMap(([, , start]) => start ?? []);
  const unknown = countersShown().filter(
    ({ name }) => !whole.includes(name) && !starts.some((start) => name.startsWith(start)),
  );
  expect(unknown).toEqual([]);
});
