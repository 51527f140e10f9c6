import type { InferRequestType, InferResponseType } from 'hono/client';
import { api, contentOf } from '../../api/client.ts';

const { patterns } = api.knowledge;
const one = patterns[':id'];

export type PatternSummary = InferResponseType<typeof patterns.$get, 200>['patterns'][number];
export type Pattern = InferResponseType<typeof one.$get, 200>;
export type PatternOrder = Omit<InferRequestType<typeof patterns.$post>['json'], 'scope' | 'dryRun'>;
export type PatternEdit = Omit<InferRequestType<typeof one.$patch>['json'], 'dryRun'>;

/** A pattern as the reader saw it: a change is refused when somebody else has changed it since. */
interface Seen {
  readonly id: string;
  readonly scope: string;
  readonly revision: number;
}

const addressOf = ({ id, scope, revision }: Seen) => ({
  param: { id },
  query: { scope },
  header: { 'if-match': `"${revision}"` },
});

export const editPattern = async (seen: Seen, edit: PatternEdit) =>
  contentOf(await one.$patch({ ...addressOf(seen), json: edit }));

export const restorePattern = async (seen: Seen, revision: number) =>
  contentOf(await one.restore.$post({ ...addressOf(seen), json: { revision } }));

export async function removePattern(seen: Seen, reason: string) {
  const { param, header } = addressOf(seen);
  return contentOf(await one.$delete({ param, header, query: { scope: seen.scope, reason } }));
}

export const approvePattern = async (seen: Seen) =>
  contentOf(await one.approval.$post({ ...addressOf(seen), json: {} }));
