import { RepeatedRequest, successorOf } from '#shared/domain/access/repeated-request.ts';
import type { RepeatedRequests } from '#shared/ports/access.ts';

export function makeMemoryRepeatedRequests(): RepeatedRequests {
  const requests = new Map<string, RepeatedRequest>();
  const change = (name: string, begunAt: string, changed: Partial<RepeatedRequest>) => {
    const request = requests.get(name);
    if (request?.begunAt === begunAt && request.answer === null) requests.set(name, { ...request, ...changed });
  };
  return {
    begin: async (name, request) => {
      const earlier = requests.get(name);
      const begun = earlier === undefined ? request : successorOf(earlier, request);
      if (begun === null) return { kind: 'earlier', request: earlier as RepeatedRequest };
      requests.set(name, RepeatedRequest.parse(begun));
      return { kind: 'begun', request: begun };
    },
    finish: async (name, begunAt, answer) => change(name, begunAt, { answer }),
    abandon: async (name, begunAt) => change(name, begunAt, { busyUntil: begunAt }),
  };
}
