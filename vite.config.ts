import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { ALL_HEADERS, CONTENT_SECURITY_POLICY } from './src/hosting/headers.ts';

const HEADERS_WORKER = 'headers-worker';

/** Writes the headers beside the build, in the form several static hosts read. */
function headersFile(): Plugin {
  return {
    name: 'headers-file',
    apply: 'build',
    generateBundle() {
      const lines = Object.entries(ALL_HEADERS).map(([name, value]) => `  ${name}: ${value}`);
      this.emitFile({ type: 'asset', fileName: '_headers', source: `/*\n${lines.join('\n')}\n` });
    },
  };
}

/**
 * The same policy as a meta tag in the built page: a second layer for hosts that send no headers (it
 * does not bind workers; `frame-ancestors` is only valid in a header).
 */
function metaPolicy(): Plugin {
  const content = CONTENT_SECURITY_POLICY.replace(/;\s*frame-ancestors[^;]*/, '');
  return {
    name: 'meta-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content }, injectTo: 'head-prepend' },
    ],
  };
}

export default defineConfig({
  // Relative, so the build works under any sub-path.
  base: './',
  plugins: [react(), metaPolicy(), headersFile()],
  worker: { format: 'es' },
  server: { headers: { ...ALL_HEADERS, 'Content-Security-Policy': '' } },
  preview: { headers: { ...ALL_HEADERS } },
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: { index: 'index.html', [HEADERS_WORKER]: 'src/hosting/headers-worker.ts' },
      output: {
        // A service worker is known by its address, and rules what lies beside and below it.
        entryFileNames: ({ name }) => (name === HEADERS_WORKER ? `${name}.js` : 'assets/[name]-[hash].js'),
      },
    },
  },
});
