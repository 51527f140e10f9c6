/** An IAM statement as data; `resources` are ARN patterns with `${Partition}`, `${Region}` and `${Account}` left to infra. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}
