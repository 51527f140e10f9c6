import { assertj } from './other-styles/assertj.ts';
import { fluent } from './other-styles/fluent.ts';
import { inline } from './other-styles/inline.ts';
import { jest } from './other-styles/jest.ts';
import { minitest } from './other-styles/minitest.ts';
import { pest } from './other-styles/pest.ts';
import { table } from './other-styles/table.ts';
import { unittest } from './other-styles/unittest.ts';

/** Tests in other frameworks and styles than those of the sample projects. */
export const OTHER_STYLES = { jest, unittest, inline, table, assertj, minitest, fluent, pest } as const;
