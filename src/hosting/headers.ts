/**
 * The response headers every file is served with, by `npm start`, `npm run dev` and the tests, and
 * written into the build as `_headers` for static hosts that read such a file. On hosts that send none of them
 * `headers-worker.ts` adds them.
 *
 * The content security policy names no origin but the page's own. It has to be a header: a policy in
 * a meta tag does not bind workers. Inline styles are allowed because the component library sets its
 * CSS variables in a style element; they cannot load anything from elsewhere (img-src and font-src
 * bind them too).
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Cross-origin isolation is what gives the page shared memory, and with it threads. */
export const ISOLATION_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export const ALL_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  ...ISOLATION_HEADERS,
};
