/** Gives the page the headers its host does not send; see `headers-worker.ts`. */

const RELOADED = 'tastemaker.reloadedForHeaders';

/**
 * Where the page is not cross-origin isolated and may have a service worker: starts it and loads the page
 * again under it, once, if `mayReload` still says so by then. Without it everything works on one thread.
 * Never rejects.
 */
export async function isolate(mayReload: () => boolean): Promise<void> {
  if (window.crossOriginIsolated || !('serviceWorker' in navigator)) return;
  try {
    const { serviceWorker } = navigator;
    if (!serviceWorker.controller) {
      const ruled = new Promise((resolve) =>
        serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
      await serviceWorker.register('./headers-worker.js');
      await ruled;
    }
    // A browser that is not isolated even so would load again for ever.
    if (sessionStorage.getItem(RELOADED) || !mayReload()) return;
    sessionStorage.setItem(RELOADED, '1');
    window.location.reload();
  } catch (error) {
    console.info('No threads here: the headers could not be added.', error);
  }
}
