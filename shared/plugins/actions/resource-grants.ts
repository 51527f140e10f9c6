import type { ResourceRef } from '#shared/domain/remediation/resource-ref.ts';
import type { Grant } from './contract.ts';

const HERE = `\${Region}:\${Account}`;

/** The ARN of what a remedy changes. */
export function resourceArn(ref: ResourceRef): string {
  return `arn:\${Partition}:ecs:${HERE}:service/${ref.cluster}/${ref.service}`;
}

/** The rights to read what remedies change, as `ResourceReader` reads it. */
export function resourceReads(refs: readonly ResourceRef[]): Grant[] {
  const resources = [...new Set(refs.map(resourceArn))];
  return resources.length === 0 ? [] : [{ actions: ['ecs:DescribeServices'], resources }];
}
