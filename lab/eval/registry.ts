import { bugswarmAnalyzer } from './bugswarm-analyzer.ts';
import { bump } from './bump.ts';
import { checkedCauses } from './checked-causes.ts';
import { cidiff } from './cidiff.ts';
import { documentExamples } from './document-examples.ts';
import { entities } from './entities.ts';
import { flakeflagger } from './flakeflagger.ts';
import { logchunks } from './logchunks.ts';
import { logdxCi } from './logdx-ci.ts';
import { loghub2k } from './loghub-2k.ts';
import { madeLogs } from './made-logs.ts';
import { nab } from './nab.ts';
import { promptInjection } from './prompt-injection.ts';
import { publicReports } from './public-reports.ts';
import { reports } from './reports.ts';
import { secrets } from './secrets.ts';
import { sources202611 } from './sources-2026-11.ts';
import { strangers202611 } from './strangers-2026-11.ts';
import type { Suite } from './suite.ts';
import { taxonomy16Crosswalk } from './taxonomy16-crosswalk.ts';
import { velorenIntermittent } from './veloren-intermittent.ts';

/** Every suite of `selfheal eval`. */
export const SUITES: readonly Suite[] = [
  strangers202611,
  sources202611,
  logchunks,
  cidiff,
  logdxCi,
  taxonomy16Crosswalk,
  documentExamples,
  secrets,
  velorenIntermittent,
  flakeflagger,
  bugswarmAnalyzer,
  bump,
  loghub2k,
  madeLogs,
  nab,
  reports,
  publicReports,
  promptInjection,
  checkedCauses,
  entities,
];
