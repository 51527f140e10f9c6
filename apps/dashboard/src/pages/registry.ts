import type { ComponentType } from 'react';
import type { IconName } from '../ui/icon.tsx';

/** One page. To add one, add a folder beside this file and a line below. */
export interface Page {
  /** With parameters as `$name`. */
  readonly path: string;
  /** Of the browser's tab. */
  readonly title: string;
  /** Loaded when the page is first opened; the default export is the page. */
  readonly load: () => Promise<{ readonly default: ComponentType }>;
  /** Its place in the navigation; absent for pages that others lead to. */
  readonly navigation?: {
    readonly label: string;
    readonly icon: IconName;
    /** Opens it after `g`. */
    readonly key: string;
    /** Only under `npm start`. */
    readonly local?: true;
  };
}

export const PAGES: readonly Page[] = [
  {
    path: '/',
    title: 'Overview',
    load: () => import('./overview/overview-page.tsx'),
    navigation: { label: 'Overview', icon: 'pulse', key: 'o' },
  },
  {
    path: '/incidents',
    title: 'Incidents',
    load: () => import('./incidents/incidents-page.tsx'),
    navigation: { label: 'Incidents', icon: 'list', key: 'i' },
  },
  { path: '/incidents/$id', title: 'Incident', load: () => import('./incident/incident-page.tsx') },
  {
    path: '/approvals',
    title: 'Approvals',
    load: () => import('./approvals/approvals-page.tsx'),
    navigation: { label: 'Approvals', icon: 'check', key: 'a' },
  },
  { path: '/approvals/$incidentId/$digest', title: 'Approval', load: () => import('./approval/approval-page.tsx') },
  {
    path: '/local',
    title: 'This machine',
    load: () => import('./local/local-page.tsx'),
    navigation: { label: 'This machine', icon: 'laptop', key: 'l', local: true },
  },
];
