import { useComputedColorScheme } from '@mantine/core';
import { useEffect } from 'react';

/** Light or dark, as drawn now; the browser's own bars follow. */
export function useScheme(): 'light' | 'dark' {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  useEffect(() => {
    const background = scheme === 'dark' ? '#131216' : '#FAF8F4';
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.setAttribute('content', background);
  }, [scheme]);
  return scheme;
}
