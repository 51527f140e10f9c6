import { ExperimentOutcome } from '#shared/domain/experiment/results.ts';
import { StartedExperiment } from '#shared/domain/experiment/started-experiment.ts';
import { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';
import { openTable, overRevisionBefore, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** After this time an outcome has almost no weight. */
const KEPT_DAYS = 400;
/** Sorts before the outcome that it replaces, so that it is read first. */
const RECURRED = '#recurred';
const STARTED = 'EXPERIMENTS';
const MAX_STARTED_READ = 100;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Stats table: `ACTIONS#<class>`, one item per incident and action in order of time; `EXPERIMENT#<id>`, one per
 * incident; `EXPERIMENTS`, one item per experiment that a person started.
 */
export function makeDynamoExperienceStore(options: TableOptions): ExperienceStore {
  const table = openTable(options);
  const add = async (pk: string, sk: string, record: { readonly at: string }): Promise<boolean> => {
    const expiresAt = ttlOf(new Date(Date.parse(record.at) + KEPT_DAYS * DAY));
    return await table.putOnce({ pk, sk, ...record, expiresAt }, { condition: 'attribute_not_exists(pk)' });
  };
  return {
    addActionOutcome: async (outcome) => {
      const record = ActionOutcome.parse(outcome);
      const key = `${record.at}#${record.incidentId}#${record.digest}`;
      return (await add(`ACTIONS#${record.class}`, key, record)) ? 'added' : 'exists';
    },
    addRecurrence: async (outcome) => {
      const record = ActionOutcome.parse({
        ...outcome,
        verified: 'failed',
        ...(outcome.by === undefined ? { cameBack: true } : {}),
      });
      await add(`ACTIONS#${record.class}`, `${record.at}#${record.incidentId}#${record.digest}${RECURRED}`, record);
    },
    actionOutcomes: async (failureClass, limit) => {
      const items = await table.query(`ACTIONS#${failureClass}`, { newestFirst: true, limit });
      const recurred = new Set(items.map(({ sk }) => String(sk)).filter((sk) => sk.endsWith(RECURRED)));
      return items
        .filter(({ sk }) => !recurred.has(`${String(sk)}${RECURRED}`))
        .map((item) => parseRecord(ActionOutcome, withoutStorage(item), `Outcome ${String(item.sk)}`));
    },
    addExperimentOutcome: async (outcome) => {
      const record = ExperimentOutcome.parse(outcome);
      await add(`EXPERIMENT#${record.experimentId}`, record.incidentId, record);
    },
    experimentOutcomes: async (experimentId, limit) => {
      const items = await table.query(`EXPERIMENT#${experimentId}`, { limit });
      return items.map((item) => parseRecord(ExperimentOutcome, withoutStorage(item), `Outcome ${String(item.sk)}`));
    },
    startedExperiments: async () => {
      const items = await table.query(STARTED, { limit: MAX_STARTED_READ });
      return items.map((item) => parseRecord(StartedExperiment, withoutStorage(item), `Experiment ${String(item.sk)}`));
    },
    putExperiment: async (started) => {
      const record = StartedExperiment.parse(started);
      const expiresAt = ttlOf(new Date(Date.parse(record.endsAt) + KEPT_DAYS * DAY));
      const item = { pk: STARTED, sk: record.experiment.id, ...record, expiresAt };
      return (await table.putOnce(item, overRevisionBefore(record.revision))) ? 'written' : 'changed-meanwhile';
    },
  };
}
