import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/mantine.css';
import './ui/fonts.css';
import './ui/tokens.css';
import { App } from './app.tsx';
import { isolate } from './hosting/isolate.ts';
import { startI18n } from './i18n/i18n.ts';
import { preloadEverything } from './preload.ts';
import { offerConsole } from './store/console.ts';
import { isUntouched } from './store/project.ts';

const root = document.getElementById('root');
if (!root) throw new TypeError('index.html has no #root');

offerConsole(preloadEverything);
if (import.meta.env.PROD) void isolate(isUntouched);
await startI18n();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
