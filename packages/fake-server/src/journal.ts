import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseStateFile } from './damaged-file.ts';
import { isoNow, type WorldTime } from './world-time.ts';

const EFFECTS = [
  'github.run.rerun',
  'github.run.cancelled',
  'github.workflow.dispatched',
  'github.branch.created',
  'github.branch.deleted',
  'github.file.written',
  'github.pull.created',
  'github.labels.added',
  'github.issue.created',
  'github.issue.closed',
  'github.issue.reopened',
  'github.comment.created',
  'github.comment.updated',
  'github.comment.deleted',
  'github.reaction.created',
  'github.reaction.deleted',
  'github.check.created',
  'github.check.updated',
  'github.review.commented',
  'github.delivery.redelivered',
  'lambda.alias.updated',
  'ecs.service.updated',
  'airflow.tasks.cleared',
  'airflow.run.created',
  'jenkins.build.started',
  'codebuild.build.started',
  'codepipeline.stage.retried',
  'ssm.automation.started',
  'ssm.parameter.put',
  'lambda.memory.changed',
  'lambda.concurrency.changed',
  'autoscaling.group.scaled',
  'autoscaling.refresh.started',
  'autoscaling.refresh.cancelled',
  'rds.instance.rebooted',
  'rds.parameter.changed',
  'rds.instance.resized',
  'rds.cluster.scaled',
] as const;
export type EffectKind = (typeof EFFECTS)[number];

/** A change that a client made. It counts even when the answer was lost; requests that change nothing do not count. */
export interface Effect {
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: EffectKind;
  /** `acme/shop/runs/1`, `acme/shop/issues/7`, `checkout-api:live`, `shop/orders`. */
  readonly target: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface EffectsJournal {
  record(kind: EffectKind, target: string, facts?: Effect['facts']): void;
  entries(filter?: { kind?: EffectKind; target?: string }): Effect[];
  count(kind: EffectKind, target?: string): number;
}

/** Keeps every effect; with a directory also in `effects.jsonl`. */
export function makeJournal(time: WorldTime, dataDir?: string): EffectsJournal {
  const file = dataDir === undefined ? null : join(dataDir, 'effects.jsonl');
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
  const all: Effect[] = file !== null && existsSync(file) ? readEffects(readFileSync(file, 'utf8'), file) : [];
  const entries: EffectsJournal['entries'] = ({ kind, target } = {}) =>
    all.filter((e) => (kind === undefined || e.kind === kind) && (target === undefined || e.target === target));
  return {
    record(kind, target, facts = {}) {
      const effect = { sequence: all.length + 1, at: isoNow(time), kind, target, facts };
      if (file !== null) appendFileSync(file, `${JSON.stringify(effect)}\n`);
      all.push(effect);
    },
    entries,
    count: (kind, target) => entries(target === undefined ? { kind } : { kind, target }).length,
  };
}

/** Ignores a last line that a crash cut off: its request was never answered. */
function readEffects(text: string, file: string): Effect[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseStateFile<Effect>(line, file, 'the list of what was changed so far'));
}
