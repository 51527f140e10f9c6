import { beforeEach, describe, expect, it } from 'vitest';
import { REQUEST_SECONDS, type RepeatedRequest } from '#shared/domain/access/repeated-request.ts';
import type { RepeatedRequests } from '#shared/ports/access.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const aRequest = (seconds = 0): RepeatedRequest => ({
  version: 1,
  fingerprint: 'f'.repeat(64),
  begunAt: at(seconds),
  busyUntil: at(seconds + 30),
  answer: null,
});
const ANSWER = { status: 201, contentType: 'application/json', body: '{"id":"gh-1"}' };

export function repeatedRequestsContract(name: string, make: () => Promise<RepeatedRequests>): void {
  describe(name, () => {
    let requests: RepeatedRequests;
    beforeEach(async () => {
      requests = await make();
    });

    it('begin once, of many at the same time', async () => {
      const begun = await Promise.all(Array.from({ length: 10 }, () => requests.begin('a', aRequest())));
      expect(begun.filter((earlier) => earlier === null)).toHaveLength(1);
      expect(await requests.begin('b', aRequest())).toBeNull();
    });

    it('keep their answer for a day', async () => {
      await requests.begin('a', aRequest());
      await requests.finish('a', at(0), ANSWER);
      expect(await requests.begin('a', aRequest(60))).toEqual({ ...aRequest(), answer: ANSWER });
      expect(await requests.begin('a', aRequest(REQUEST_SECONDS))).toBeNull();
    });

    it('that died may begin again when they would have ended', async () => {
      await requests.begin('a', aRequest());
      expect(await requests.begin('a', aRequest(29))).toEqual(aRequest());
      expect(await requests.begin('a', aRequest(30))).toBeNull();
      // The first one was only slow: its answer is not that of the second.
      await requests.finish('a', at(0), ANSWER);
      expect(await requests.begin('a', aRequest(31))).toEqual(aRequest(30));
    });

    it('that failed may begin again at once', async () => {
      await requests.begin('a', aRequest());
      await requests.abandon('a', at(0));
      expect(await requests.begin('a', aRequest(0))).toBeNull();
    });
  });
}
