import { useQuery } from '@tanstack/react-query';
import type { InferResponseType } from 'hono/client';
import type { OverlaySettings } from '#shared/domain/configuration/overlay.ts';
import type { PolicyView } from '#shared/domain/configuration/policy-view.ts';
import { api, contentOf } from '../../api/client.ts';

type Answer = InferResponseType<typeof api.config.$get, 200>;
export type PolicyEvent = InferResponseType<typeof api.config.history.$get, 200>['entries'][number];

/** What holds, what is deployed and what was changed at run time, as one state that can be named. */
export interface Policy extends Omit<Answer, 'effective' | 'deployed' | 'overlay'> {
  readonly effective: PolicyView;
  readonly deployed: PolicyView;
  readonly overlay: OverlaySettings;
  /** Names this state: a change says which state its author saw. */
  readonly tag: string;
}

export async function readPolicy(): Promise<Policy> {
  const response = await api.config.$get();
  const policy = await contentOf(response);
  // A proxy that compresses the answer marks its tag as weak.
  return { ...policy, tag: (response.headers.get('etag') ?? '*').replace(/^W\//, '') } as unknown as Policy;
}

export const usePolicy = () =>
  useQuery({ queryKey: ['config', 'policy'], queryFn: readPolicy, refetchInterval: 10_000 });

export type PolicyRequest =
  | { readonly kind: 'change'; readonly change: Record<string, unknown> }
  | { readonly kind: 'reset' }
  | { readonly kind: 'restore'; readonly revision: number };

/** Says what would be changed, and what that would have done to the last week; changes nothing. */
export async function preview(request: PolicyRequest) {
  return await send(request, { reason: 'preview', seen: '*', dryRun: true });
}

/** Does it. Throws `ApiError` with status 412 when the policy is not as `seen` any more. */
export const carryOut = (request: PolicyRequest, how: { readonly reason: string; readonly seen: string }) =>
  send(request, { ...how, dryRun: false });

async function send(
  request: PolicyRequest,
  how: { readonly reason: string; readonly seen: string; readonly dryRun: boolean },
) {
  const { reason, seen, dryRun } = how;
  const header = { 'if-match': seen };
  switch (request.kind) {
    case 'change':
      return contentOf(await api.config.$post({ header, json: { change: request.change, reason, dryRun } }));
    case 'reset':
      return contentOf(await api.config.reset.$post({ header, json: { reason, dryRun } }));
    case 'restore':
      return contentOf(
        await api.config.restore.$post({ header, json: { revision: request.revision, reason, dryRun } }),
      );
    default:
      return request satisfies never;
  }
}

export const stopEverything = async (reason: string) => contentOf(await api.config.stop.$post({ json: { reason } }));

export const resume = async (reason: string, seen: string) =>
  contentOf(await api.config.resume.$post({ header: { 'if-match': seen }, json: { reason } }));
