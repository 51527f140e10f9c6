import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { type ApiClient, contentOf, RefusedByApi } from '../api/api-client.ts';

/** A pending approval as the API lists it. Its texts are untrusted. */
export type PendingApproval = Awaited<ReturnType<typeof pendingApprovals>>[number];

const MAX_MESSAGE_LENGTH = 500;

export async function pendingApprovals({ api }: ApiClient) {
  return (await contentOf(await api.approvals.$get())).approvals;
}

/** What the API says to a request that it may refuse, and whether it took it. Throws for every other failure. */
export async function answerOf(request: () => Promise<string>): Promise<{ taken: boolean; message: string }> {
  try {
    return { taken: true, message: cleanText(await request(), MAX_MESSAGE_LENGTH) };
  } catch (error) {
    if (error instanceof RefusedByApi) return { taken: false, message: error.detail };
    throw error;
  }
}
