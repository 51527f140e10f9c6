import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { answerOn, approvalLinks, planOn } from '#lab/drills/approvals.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Healer, Subject } from './healer.ts';
import { until } from './until.ts';

/** Waits for the request for an approval of a subject, and gives the address of its newest page. */
export async function askedFor(healer: Healer, subject: Subject): Promise<string> {
  await until('the request for an approval', () => linksAbout(healer, subject).length > 0);
  return linksAbout(healer, subject)[0] ?? '';
}

/** Opens the page of the newest request for an approval of a subject and says yes, as a person with this ID token. */
export async function approve(healer: Healer, subject: Subject, token: string): Promise<void> {
  await sayYes(await askedFor(healer, subject), token);
}

/** Says yes to every request for an approval about a subject until its incident ends. */
export async function endedWithApprovals(healer: Healer, subject: Subject, token: string): Promise<Incident> {
  let isOver = false;
  const ended = healer.ended(subject).finally(() => {
    isOver = true;
  });
  const answered = new Set<string>();
  while (!isOver) {
    const link = linksAbout(healer, subject).find((one) => !answered.has(one));
    if (link === undefined) await sleep(50);
    else {
      answered.add(link);
      await sayYes(link, token);
    }
  }
  return await ended;
}

/** Newest first. */
const linksAbout = (healer: Healer, subject: Subject): string[] => approvalLinks(healer.mailsAbout(subject));

async function sayYes(page: string, token: string): Promise<void> {
  // As a browser asks for it: the dashboard's page.
  expect((await fetch(page, { headers: { accept: 'text/html' } })).status).toBe(200);
  expect(await planOn(page, token)).toMatchObject({ status: 200 });
  expect(await answerOn(page, 'approved', token)).toMatchObject({ status: 200 });
}
