import { dirname, resolve } from 'node:path';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { jsonIn } from '#apps/workbench/input/json-file.ts';
import { lineBatches } from '#apps/workbench/input/log-lines.ts';
import { metricRows } from '#apps/workbench/input/metric-rows.ts';
import { openInput, STANDARD_INPUT, textOf } from '#apps/workbench/input/open-input.ts';
import { bottlenecksOf, type MetricSeries } from '#shared/domain/performance/bottlenecks.ts';
import { codeSigns } from '#shared/domain/performance/code-signs.ts';
import { costSuggestions, type Provision } from '#shared/domain/performance/costs.ts';
import type { Evidence } from '#shared/domain/performance/evidence.ts';
import { makeLogSigns } from '#shared/domain/performance/log-signs.ts';
import type { Performance } from '#shared/domain/performance/performance-settings.ts';
import { suggestionsFrom } from '#shared/domain/performance/suggestions.ts';
import { PerformanceDocument, type Series } from './performance-document.ts';

const MAX_SOURCE_LENGTH = 5_000_000;

/** Reads a document and its files, and derives bottlenecks, suggestions and costs. Throws `UsageError` with the name of an invalid file. */
export async function readPerformance(file: string, limits: Performance, terminal: Terminal) {
  const document = await jsonIn(file, PerformanceDocument, 'document of metrics, logs and sources', terminal);
  const base = file === STANDARD_INPUT ? '.' : dirname(file);
  const pathOf = (path: string): string => resolve(base, path);
  const metrics: MetricSeries[] = [];
  for (const { kind, name, instance, series } of document.metrics) {
    const shown = name ?? (instance === undefined ? kind : `${kind} of ${instance}`);
    metrics.push({ kind, name: shown, instance: instance ?? null, values: await valuesOf(series, pathOf, terminal) });
  }
  const provisions: Provision[] = [];
  for (const { used, monthlyCost = null, ...rest } of document.provisions) {
    provisions.push({ ...rest, monthlyCost, used: await valuesOf(used, pathOf, terminal) });
  }
  const { bottlenecks, evidence } = bottlenecksOf(metrics, limits);
  for (const log of document.logs) evidence.push(...(await logEvidence(log, pathOf(log), limits, terminal)));
  for (const source of document.sources) evidence.push(...codeSigns(source, await sourceIn(pathOf(source), terminal)));
  return {
    service: document.service ?? null,
    bottlenecks,
    suggestions: suggestionsFrom(evidence),
    costs: costSuggestions(provisions, limits),
  };
}

async function valuesOf(series: Series, pathOf: (path: string) => string, terminal: Terminal): Promise<number[]> {
  if ('values' in series) return series.values;
  const values: number[] = [];
  for await (const { value } of metricRows(pathOf(series.file), terminal)) if (value !== undefined) values.push(value);
  return values;
}

async function logEvidence(name: string, path: string, limits: Performance, terminal: Terminal): Promise<Evidence[]> {
  const signs = makeLogSigns(name, limits);
  for await (const batch of lineBatches(path, terminal)) for (const [number, text] of batch) signs.next(number, text);
  return signs.evidence();
}

async function sourceIn(path: string, terminal: Terminal): Promise<string> {
  let text = '';
  for await (const piece of textOf(await openInput(path, terminal))) {
    text += piece;
    if (text.length > MAX_SOURCE_LENGTH)
      throw new UsageError(
        `${path}: longer than ${MAX_SOURCE_LENGTH} characters, too long for a source file. Remove it from "sources".`,
      );
  }
  return text;
}
