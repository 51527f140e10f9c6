import { registered } from '../plugin.ts';
import type { ReportFormat } from './contract.ts';
import { junit } from './junit/index.ts';
import { lcov } from './lcov/index.ts';
import { sarif } from './sarif/index.ts';

/** Every report format, in the order in which a file is compared with them. To add one: a folder here, named after its id, and a line below. */
export const REPORT_FORMATS: readonly ReportFormat[] = registered('report formats', [junit, lcov, sarif]);
