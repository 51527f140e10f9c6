import { beforeEach, describe, expect, it } from 'vitest';
import { REQUEST_SECONDS, type RepeatedRequest } from '#shared/domain/access/repeated-request.ts';
import type { RepeatedRequests } from '#shared/ports/access.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const aRequest = (seconds = 0, change: Partial<RepeatedRequest> = {}): RepeatedRequest => ({
  version: 1,
  id: seconds.toString(16).padStart(32, '0'),
  fingerprint: 'f'.repeat(64),
  begunAt: at(seconds),
  busyUntil: at(seconds + 30),
  answer: null,
  ...change,
});
const ANOTHER = { fingerprint: 'e'.repeat(64) };
const ANSWER = { status: 201, contentType: 'application/json', body: '{"id":"gh-1"}', headers: { location: '/api/x' } };
const begun = (request: RepeatedRequest) => ({ kind: 'begun', request });
const earlier = (request: RepeatedRequest) => ({ kind: 'earlier', request });

export function repeatedRequestsContract(name: string, make: () => Promise<RepeatedRequests>): void {
  describe(name, () => {
    let requests: RepeatedRequests;
    beforeEach(async () => {
      requests = await make();
    });

    it('begin once, of many at the same time', async () => {
      const all = await Promise.all(Array.from({ length: 10 }, () => requests.begin('a', aRequest())));
      expect(all.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
      expect(await requests.begin('b', aRequest())).toEqual(begun(aRequest()));
    });

    it('keep their answer for a day, and are forgotten then', async () => {
      await requests.begin('a', aRequest());
      await requests.finish('a', at(0), ANSWER);
      const answered = earlier({ ...aRequest(), answer: ANSWER });
      expect(await requests.begin('a', aRequest(60))).toEqual(answered);
      expect(await requests.begin('a', aRequest(REQUEST_SECONDS - 1, ANOTHER))).toEqual(answered);
      expect(await requests.begin('a', aRequest(REQUEST_SECONDS))).toEqual(begun(aRequest(REQUEST_SECONDS)));
    });

    it('that died may begin again when they would have ended, and keep their id', async () => {
      await requests.begin('a', aRequest());
      expect(await requests.begin('a', aRequest(29))).toEqual(earlier(aRequest()));
      const { id } = aRequest();
      expect(await requests.begin('a', aRequest(30))).toEqual(begun(aRequest(30, { id })));
      // The first one was only slow: its answer is not that of the second.
      await requests.finish('a', at(0), ANSWER);
      expect(await requests.begin('a', aRequest(31))).toEqual(earlier(aRequest(30, { id })));
    });

    it('that died give way to no other request', async () => {
      await requests.begin('a', aRequest());
      expect(await requests.begin('a', aRequest(40, ANOTHER))).toEqual(earlier(aRequest()));
    });

    it('that failed may begin again at once, as the same or as another request', async () => {
      await requests.begin('a', aRequest());
      await requests.abandon('a', at(0));
      const { id } = aRequest();
      expect(await requests.begin('a', aRequest(1))).toEqual(begun(aRequest(1, { id })));
      await requests.abandon('a', at(1));
      expect(await requests.begin('a', aRequest(2, ANOTHER))).toEqual(begun(aRequest(2, ANOTHER)));
    });

    it('without an id, from before there was one, stand like all others', async () => {
      const { id: _, ...old } = aRequest();
      await requests.begin('a', old);
      await requests.finish('a', at(0), ANSWER);
      expect(await requests.begin('a', aRequest(60))).toEqual(earlier({ ...old, answer: ANSWER }));
    });
  });
}
