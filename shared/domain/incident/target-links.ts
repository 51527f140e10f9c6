import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { alarmNameOf } from './identity.ts';
import type { AlarmTarget, TargetContext } from './target-context.ts';

export interface TargetLink {
  /** Text of the link: `run 1001`. */
  readonly name: string;
  readonly url: string;
}

/**
 * Address of GitHub's pages for an API address: `https://github.com`, or `https://<host>` for `https://<host>/api/v3`.
 */
export function githubPagesOf(apiUrl: string): string {
  const { origin, host } = new URL(apiUrl);
  return host === 'api.github.com' ? 'https://github.com' : origin;
}

/** Links to what an incident is about, made of authenticated fields only. */
export function targetLinks(target: TargetContext, githubPages: string): readonly TargetLink[] {
  switch (target.kind) {
    case 'run': {
      const { repository, runId, pullRequest } = target;
      const base = `${githubPages}/${repository}`;
      return [
        { name: `run ${runId}`, url: `${base}/actions/runs/${runId}` },
        ...(pullRequest === null ? [] : [{ name: `pull request #${pullRequest}`, url: `${base}/pull/${pullRequest}` }]),
      ];
    }
    case 'alarm':
      return [{ name: `alarm ${cleanText(alarmNameOf(target), 255)}`, url: alarmUrl(target) }];
    case 'alert':
      return target.url === null ? [] : [{ name: `alert at ${target.provider}`, url: target.url }];
    case 'report':
      return target.repository === null
        ? []
        : [{ name: `repository ${target.repository}`, url: `${githubPages}/${target.repository}` }];
    case 'storm':
      return [];
    default:
      return target satisfies never;
  }
}

const CONSOLES: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

function alarmUrl(target: AlarmTarget): string {
  const { region, alarmArn } = target;
  const partition = alarmArn.split(':')[1] ?? 'aws';
  const host = CONSOLES[partition] ?? `${region}.console.aws.amazon.com`;
  const name = encodeURIComponent(alarmNameOf(target).toWellFormed());
  return `https://${host}/cloudwatch/home?region=${region}#alarmsV2:alarm/${name}`;
}
