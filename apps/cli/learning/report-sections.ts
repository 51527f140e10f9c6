import { listOf, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';
import type { LearningHealth } from '#shared/domain/learning/learning-health.ts';
import type { LearningReport } from '#shared/domain/learning/learning-report.ts';
import { renderHealth, renderLearning } from './render-learning.ts';
import { renderFigures, renderSeries, renderStatus } from './render-status.ts';

/** Whole days back, and the place; all places without one. */
export interface ReportQuery {
  readonly days: string;
  readonly scope?: string;
}

/** A part of the report of learning: what it reads, under which name JSON has it, and its text. */
interface Section<T> {
  readonly key: string;
  read(api: ApiClient['api'], query: ReportQuery): Promise<T>;
  text(content: T, isWhole: boolean): string;
}
const section = <T>(one: Section<T>): Section<unknown> => one as Section<unknown>;
const placeOnly = ({ scope }: ReportQuery) => (scope === undefined ? {} : { scope });

const SECTIONS = {
  stage: section({
    key: 'status',
    read: async (api, query) => await contentOf(await api.learning.$get({ query: placeOnly(query) })),
    text: renderStatus,
  }),
  review: section({
    key: 'report',
    read: async (api, query) => (await contentOf(await api.learning.report.$get({ query }))) as LearningReport,
    text: renderLearning,
  }),
  model: section({
    key: 'quality',
    read: async (api) => await contentOf(await api.learning.quality.$get({ query: {} })),
    text: (figures, isWhole) => renderFigures(isWhole ? figures : { ...figures, reliability: [], models: [] }),
  }),
  days: section({
    key: 'accuracy',
    read: async (api, { days }) => (await contentOf(await api.learning.accuracy.$get({ query: { days } }))).points,
    text: renderSeries,
  }),
  health: section({
    key: 'health',
    read: async (api, query) => (await contentOf(await api.learning.health.$get({ query }))) as LearningHealth,
    text: renderHealth,
  }),
} as const;
export type SectionName = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[];

/** The sections that are named, in that order; `all` are all of them. Throws `UsageError` for another name. */
export function sectionsNamed(given: string): readonly SectionName[] {
  if (given.trim() === 'all') return SECTION_NAMES;
  const names = [...new Set(listOf(given))];
  const unknown = names.find((name) => !(SECTION_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined || names.length === 0)
    throw new UsageError(unknownValue('section', unknown ?? '', [...SECTION_NAMES, 'all']));
  return names as SectionName[];
}

/** Reads the sections and prints them: one text after the other, or one JSON document with each under its key. */
export async function printSections(
  { api }: ApiClient,
  names: readonly SectionName[],
  query: ReportQuery,
  { json, isWhole }: { readonly json: boolean; readonly isWhole: boolean },
  terminal: Terminal,
): Promise<void> {
  const read = await Promise.all(
    names.map(async (name) => ({ one: SECTIONS[name], content: await SECTIONS[name].read(api, query) })),
  );
  await terminal.write(
    json
      ? `${JSON.stringify(Object.fromEntries(read.map(({ one, content }) => [one.key, content])))}\n`
      : read.map(({ one, content }) => one.text(content, isWhole)).join(''),
  );
}
