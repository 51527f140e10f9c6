import { makeCounts } from '#shared/app/common/counts.ts';
import { fakeClock } from './clock.ts';
import { makeMemorySignalQueue } from './cloud.ts';
import { makeMemoryControlStore } from './control-store.ts';
import { makeMemoryCounters } from './counter-store.ts';
import { makeMemoryEvidenceStore } from './evidence-store.ts';
import { makeMemoryExperienceStore } from './experience-store.ts';
import { makeMemoryHealingStore } from './healing-store.ts';
import { makeMemoryIncidentStore } from './incident-store.ts';
import { makeMemoryKnowledgeStore } from './knowledge-store.ts';
import { makeMemoryPatternStore } from './pattern-store.ts';
import { makeMemoryPolicyStore } from './policy-store.ts';
import { makeMemoryPredictionStore } from './prediction-store.ts';
import { makeMemoryStatsStore } from './stats-store.ts';
import { makeRecordingMeter } from './telemetry.ts';
import { makeMemoryTestStore } from './test-store.ts';

/** Everything that the record step writes to, in memory, by a clock of its own. */
export function makeMemoryPorts() {
  const clock = fakeClock();
  const counters = makeMemoryCounters();
  return {
    clock,
    incidents: makeMemoryIncidentStore(clock),
    control: makeMemoryControlStore(clock),
    policy: makeMemoryPolicyStore(),
    knowledge: makeMemoryKnowledgeStore(),
    patterns: makeMemoryPatternStore(),
    evidence: makeMemoryEvidenceStore(),
    stats: makeMemoryStatsStore(),
    tests: makeMemoryTestStore(),
    predictions: makeMemoryPredictionStore(),
    experience: makeMemoryExperienceStore(),
    healing: makeMemoryHealingStore(),
    queue: makeMemorySignalQueue(),
    counters,
    counts: makeCounts(counters, clock, () => undefined),
    meter: makeRecordingMeter(),
  };
}
