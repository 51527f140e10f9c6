import { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { TestRecord } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { ProposedFix } from '@selfheal/patch-guard/proposed-fix.ts';
import { QuarantinedTest } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { TestQuarantine } from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { RECORD_FORMAT } from '#apps/local/stage.ts';
import { ApiKey } from '#shared/domain/access/api-key.ts';
import { Prediction } from '#shared/domain/answers/prediction.ts';
import { Watch } from '#shared/domain/answers/watch.ts';
import { TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import { ExperimentOutcome } from '#shared/domain/experiment/results.ts';
import { Incident, Notification } from '#shared/domain/incident/incident.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { Known } from '#shared/domain/knowledge/known.ts';
import { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { HealingWatch } from '#shared/domain/learning/healing.ts';
import { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { LearningNote } from '#shared/domain/learning/learning-note.ts';
import { ModelVersion, Registry } from '#shared/domain/learning/model-registry.ts';
import { ActionRecord, BoundAction } from '#shared/domain/plan/bound-action.ts';
import { Offer } from '#shared/domain/plan/candidates.ts';
import { Delegation } from '#shared/domain/policy/approval-levels.ts';
import { PlanRecord } from '#shared/domain/policy/plan-record.ts';

/** Every kind of record that is kept in a table, a bucket or a queue. */
const KINDS: Readonly<Record<string, z.ZodType>> = {
  ActionOutcome,
  ActionRecord,
  ApiKey,
  BoundAction,
  Delegation,
  Diagnosis,
  Evidence,
  ExperimentOutcome,
  HealingWatch,
  Incident,
  KnowledgeEntry,
  Known,
  LearnedPattern,
  LearningNote,
  ModelVersion,
  Notification,
  Offer,
  PastIncident,
  PlanRecord,
  Prediction,
  ProposedFix,
  QuarantinedTest,
  Registry,
  Signal,
  Telemetry,
  TestQuarantine,
  TestRecord,
  TrailEntry,
  Watch,
};

/** Once records are kept anywhere: whoever changes a shape raises the kind's `version` and `RECORD_FORMAT`, then updates this snapshot. */
it('the shapes of the kinds of records belong to the format that state folders carry', () => {
  const shapes = Object.entries(KINDS).map(([kind, schema]) => [
    kind,
    digestOf(canonicalJson(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })), 12),
  ]);
  expect({ format: RECORD_FORMAT, ...Object.fromEntries(shapes) }).toMatchInlineSnapshot(`
    {
      "ActionOutcome": "ff761e505631",
      "ActionRecord": "383153a37243",
      "ApiKey": "c661afcbcf4d",
      "BoundAction": "979e85af5145",
      "Delegation": "3991ae32935c",
      "Diagnosis": "d6f3c532c4c7",
      "Evidence": "a8af2d1d96e8",
      "ExperimentOutcome": "73de3c33a695",
      "HealingWatch": "94d6b87a93e2",
      "Incident": "b6719b9e323a",
      "KnowledgeEntry": "9e3245a585cc",
      "Known": "48643fc531b6",
      "LearnedPattern": "f6ff49ea7810",
      "LearningNote": "ab5369287c87",
      "ModelVersion": "2a9e91dd2b80",
      "Notification": "d57569233b3c",
      "Offer": "c7398c214a8b",
      "PastIncident": "66668dfa67fa",
      "PlanRecord": "57156551ed51",
      "Prediction": "9d1858d0e79d",
      "ProposedFix": "8fc8f41060d3",
      "QuarantinedTest": "5c22dc2ca4f4",
      "Registry": "4311f7510329",
      "Signal": "8426fd62c12d",
      "Telemetry": "ab7f888ca370",
      "TestQuarantine": "23132c0a2fd2",
      "TestRecord": "2d206f6f4a64",
      "TrailEntry": "5a97d243d9fb",
      "Watch": "e15ba01e2495",
      "format": 6,
    }
  `);
});
