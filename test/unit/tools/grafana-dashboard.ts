import * as z from 'zod';

/** Grafana divides a dashboard into so many columns. */
const COLUMNS = 24;
/** Units that the dashboards use, by their ids in Grafana (`getValueFormats` of @grafana/data). */
const UNITS = ['short', 's', 'percent', 'percentunit', 'reqps', 'currencyUSD'] as const;

const DataSource = z.strictObject({ type: z.literal('prometheus'), uid: z.string() });
const Target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  expr: z.string().min(1),
  legendFormat: z.string().optional(),
});
const Panel = z.strictObject({
  id: z.number().int().positive(),
  type: z.literal('timeseries'),
  title: z.string().min(1),
  datasource: DataSource,
  gridPos: z
    .strictObject({
      x: z.number().int().min(0),
      y: z.number().int().min(0),
      w: z.number().int().min(1),
      h: z.number().int().min(1),
    })
    .refine(({ x, w }) => x + w <= COLUMNS, 'reaches beyond the last column'),
  fieldConfig: z.strictObject({
    defaults: z.strictObject({ unit: z.enum(UNITS) }),
    overrides: z.array(z.unknown()).max(0),
  }),
  targets: z
    .array(Target)
    .min(1)
    .refine((all) => new Set(all.map(({ refId }) => refId)).size === all.length, 'two queries have the same refId'),
});
const Variable = z.strictObject({
  name: z.string().regex(/^\w+$/),
  type: z.literal('query'),
  datasource: DataSource,
  query: z.string().min(1),
  includeAll: z.boolean(),
  multi: z.boolean(),
  /** 1: when the dashboard is loaded, 2: when its time changes. */
  refresh: z.union([z.literal(1), z.literal(2)]),
});
const Input = z.strictObject({
  name: z.string().regex(/^[A-Z_]+$/),
  label: z.string().min(1),
  type: z.literal('datasource'),
  pluginId: z.literal('prometheus'),
});

/** Names that a text refers to, as `${NAME}` or `$name`; those of Grafana itself (`$__rate_interval`) are left out. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/\$\{?(\w+)/g)].flatMap(([, name = '']) => (name.startsWith('__') ? [] : [name]));

type Place = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/**
 * The part of Grafana's classic dashboard model (grafana.com/docs, "Dashboard JSON model", schema version 39; the kind `dashboard` of @grafana/schema)
 * that the shipped dashboards use, as it is imported: nothing that Grafana does not know, no panel over another, no variable that nobody declares.
 */
export const GrafanaDashboard = z
  .strictObject({
    __inputs: z.array(Input),
    uid: z.string().regex(/^[\w-]{1,40}$/),
    title: z.string().min(1),
    tags: z.array(z.string()),
    schemaVersion: z.number().int().min(36),
    version: z.number().int().min(0),
    time: z.strictObject({ from: z.string().regex(/^now-\d+[hd]$/), to: z.literal('now') }),
    templating: z.strictObject({ list: z.array(Variable) }).optional(),
    panels: z.array(Panel).min(1),
  })
  .superRefine(({ __inputs: inputs, templating, panels }, context) => {
    const declared = new Set([...inputs, ...(templating?.list ?? [])].map(({ name }) => name));
    for (const name of new Set(namesIn(JSON.stringify([panels, templating]))))
      if (!declared.has(name)) context.addIssue(`nobody declares $${name}`);
    for (const [at, panel] of panels.entries())
      for (const other of panels.slice(at + 1))
        if (overlap(panel.gridPos, other.gridPos)) context.addIssue(`"${panel.title}" lies over "${other.title}"`);
  });
