import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import './app.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/live.ts';
import { makeRouter } from './router.tsx';

const RELOADED = 'selfheal.reloaded';
/** Milliseconds within which a second missing file is no news of a deployment. */
const RELOAD_AGAIN = 60_000;

// A deployment replaces the files of the pages: what an open tab asks for may be gone. The new files come with one reload.
addEventListener('vite:preloadError', () => {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < RELOAD_AGAIN) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
});

// The policy of the page forbids code that is made at run time. zod tries whether it may as soon as a page defines a schema, so this has to be said before.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element "root".');

// The policy of the page allows no style element that a script adds: variables and classes come from the style sheets.
createRoot(root).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={makeRouter()} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
