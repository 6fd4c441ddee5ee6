import { expect, it } from 'vitest';
import { pageFetchError } from './page-fetch-error.ts';

it('a page that does not come is told apart from one that is broken', () => {
  for (const message of [
    // Chromium, Firefox, Safari
    'Failed to fetch dynamically imported module: https://example.org/assets/map-page-1.js',
    'error loading dynamically imported module: https://example.org/assets/map-page-1.js',
    'Importing a module script failed.',
    // Safari, of a host that answers with a page where a file is gone
    "'text/html' is not a valid JavaScript MIME type.",
    // Vite
    'Unable to preload CSS for /assets/map-page-1.css',
  ]) {
    const thrown = new TypeError(message);
    const error = pageFetchError(thrown);
    expect(error).toMatchObject({ code: 'pageNotFetched', params: { detail: message } });
    expect(error?.cause).toBe(thrown);
  }
  for (const thrown of [
    new TypeError('x is not a function'),
    new SyntaxError('Unexpected end of input'),
    'gone',
    null,
  ]) {
    expect(pageFetchError(thrown)).toBeNull();
  }
});
