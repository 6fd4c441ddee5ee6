/**
 * A service worker for hosts that send no headers: it hands every file of the page on with the headers it
 * should have had, so that the page has shared memory (threads) and its workers are bound by the policy.
 * It keeps nothing and asks for nothing by itself. The build puts it beside index.html.
 */
import { ALL_HEADERS } from './headers.ts';

const worker = self as unknown as ServiceWorkerGlobalScope;

worker.addEventListener('install', () => void worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

async function withHeaders(request: Request): Promise<Response> {
  const response = await fetch(request);
  // An opaque answer has nothing that could be changed.
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ALL_HEADERS)) headers.set(name, value);
  const empty = [204, 205, 304].includes(response.status);
  return new Response(empty ? null : response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

worker.addEventListener('fetch', (event) => {
  if (new URL(event.request.url).origin === worker.location.origin) event.respondWith(withHeaders(event.request));
});
