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
    /** Where there is little room. */
    readonly short?: string;
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
    path: '/tests',
    title: 'Tests',
    load: () => import('./tests/tests-page.tsx'),
    navigation: { label: 'Tests', icon: 'dice', key: 'f' },
  },
  { path: '/tests/$key', title: 'Test', load: () => import('./tests/test-page.tsx') },
  {
    path: '/try',
    title: 'Try a log',
    load: () => import('./try/try-page.tsx'),
    navigation: { label: 'Try a log', icon: 'file', key: 't' },
  },
  {
    path: '/knowledge',
    title: 'Knowledge',
    load: () => import('./knowledge/knowledge-page.tsx'),
    navigation: { label: 'Knowledge', icon: 'book', key: 'k' },
  },
  { path: '/knowledge/new', title: 'New pattern', load: () => import('./knowledge/new-pattern-page.tsx') },
  { path: '/knowledge/$id', title: 'Pattern', load: () => import('./knowledge/pattern-page.tsx') },
  {
    path: '/policy',
    title: 'Services and policy',
    load: () => import('./policy/policy-page.tsx'),
    navigation: { label: 'Services and policy', short: 'Policy', icon: 'sliders', key: 'p' },
  },
  {
    path: '/learning',
    title: 'Learning',
    load: () => import('./learning/learning-page.tsx'),
    navigation: { label: 'Learning', icon: 'chart', key: 'e' },
  },
  // The address of older bookmarks.
  { path: '/ai-dashboard', title: 'Learning', load: () => import('./learning/learning-page.tsx') },
  {
    path: '/experiments',
    title: 'Experiments',
    load: () => import('./experiments/experiments-page.tsx'),
    navigation: { label: 'Experiments', icon: 'flask', key: 'x' },
  },
  {
    path: '/logs',
    title: 'Logs',
    load: () => import('./logs/logs-page.tsx'),
    navigation: { label: 'Logs', icon: 'lines', key: 'w' },
  },
  {
    path: '/events',
    title: 'Events',
    load: () => import('./events/events-page.tsx'),
    navigation: { label: 'Events', icon: 'bell', key: 'v' },
  },
  { path: '/events/mapping', title: 'Make a mapping', load: () => import('./mapping/mapping-page.tsx') },
  {
    path: '/connect',
    title: 'Connect',
    load: () => import('./connect/connect-page.tsx'),
    navigation: { label: 'Connect', icon: 'link', key: 'c' },
  },
  {
    path: '/access',
    title: 'Keys and people',
    load: () => import('./access/access-page.tsx'),
    navigation: { label: 'Keys and people', icon: 'key', key: 'y' },
  },
  {
    path: '/drill',
    title: 'Drill',
    load: () => import('./drill/drill-page.tsx'),
    navigation: { label: 'Drill', icon: 'play', key: 'd' },
  },
  {
    path: '/previews',
    title: 'Notifications',
    load: () => import('./previews/previews-page.tsx'),
    navigation: { label: 'Notifications', icon: 'mail', key: 'n', local: true },
  },
  {
    path: '/local',
    title: 'This machine',
    load: () => import('./local/local-page.tsx'),
    navigation: { label: 'This machine', icon: 'laptop', key: 'l', local: true },
  },
];
