import { corpus } from './corpus.ts';

/** Tests in other frameworks and styles than those of the sample projects: path, file, and what is done to it. */
interface OtherStyle {
  readonly path: string;
  readonly text: string;
  readonly hostile: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly honest: Readonly<Record<string, readonly (readonly [string, string])[]>>;
}
const style = (name: string) => corpus<OtherStyle>(`other-styles/${name}.yaml`);

export const OTHER_STYLES = {
  jest: style('jest'),
  unittest: style('unittest'),
  inline: style('inline'),
  table: style('table'),
  assertj: style('assertj'),
  minitest: style('minitest'),
  fluent: style('fluent'),
  pest: style('pest'),
} as const;
