import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { PAGES } from './pages/registry.ts';
import { Shell } from './shell/shell.tsx';
import { EmptyState, ErrorState, LoadingState } from './ui/states.tsx';

export function makeRouter() {
  const root = createRootRoute({
    component: Shell,
    notFoundComponent: () => (
      <EmptyState page icon="search" title="There is no such page">
        The address leads nowhere. Choose a page from the navigation.
      </EmptyState>
    ),
  });
  const routes = PAGES.map(({ path, load, title }) =>
    createRoute({
      getParentRoute: () => root,
      path,
      component: lazyRouteComponent(load),
      validateSearch: textsOf,
      staticData: { title },
    }),
  );
  return createRouter({
    routeTree: root.addChildren(routes),
    // Values of the address are texts: `?repository=acme/shop`, not JSON.
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(textsOf(search)).toString();
      return text === '' ? '' : `?${text}`;
    },
    // Of a page, so that the frame around it stays.
    defaultErrorComponent: ({ error, reset }) => (
      <ErrorState page error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
    ),
    defaultPendingComponent: LoadingState,
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}

function textsOf(search: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' ? [[name, value]] : [],
    ),
  );
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    title?: string;
  }
}
