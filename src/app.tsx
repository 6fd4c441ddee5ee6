import { Button, MantineProvider } from '@mantine/core';
import { Notifications, notifications } from '@mantine/notifications';
import { memo, Suspense, startTransition, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppError } from './base/error.ts';
import { useExplain } from './i18n/explain.ts';
import { useFormat } from './i18n/format.ts';
import { useWords } from './i18n/words.ts';
import { beginVisit, takeFiles, takeSample, takeText } from './opening.ts';
import frame from './pages/frame/frame.module.css';
import { PageFailed } from './pages/frame/page-failed.tsx';
import { Rail, type Waits } from './pages/frame/rail.tsx';
import { TopBar } from './pages/frame/top-bar.tsx';
import { StartPage } from './pages/start/start-page.tsx';
import { WindowDrop } from './pages/start/window-drop.tsx';
import { existingSteps, forgetPage, pageOf } from './steps.ts';
import { useEngineState } from './store/engine.ts';
import { dismissError, useProject } from './store/project.ts';
import { reviveEngine, useEngineDeath } from './store/rescue.ts';
import { go, parseRoute, routeHash, type Step, useRoute } from './store/route.ts';
import { dismissSavingError, useSaving } from './store/saving.ts';
import {
  dismissDeviceChange,
  dismissEconomy,
  dismissGivenUp,
  dismissResumed,
  makesLists,
  useTraining,
} from './store/training.ts';
import { EmptyState } from './ui/empty-state.tsx';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import { ErrorNotice } from './ui/error-notice.tsx';
import { Page } from './ui/page.tsx';
import { ProgressPanel } from './ui/progress-panel.tsx';
import { cssVariables, theme } from './ui/theme.ts';

function waitsFor(step: Step, hasData: boolean, hasRun: boolean): Waits {
  if (step === 'data' || step === 'trust') return null;
  if (!hasData) return 'data';
  return step === 'customers' && !hasRun ? 'run' : null;
}

/** One sentence when training had to move to another device. */
function useDeviceNotice(): void {
  const { t } = useTranslation(['common', 'errors']);
  const format = useFormat();
  const change = useTraining((state) => state.deviceChange);
  useEffect(() => {
    if (!change) return;
    notifications.show({
      autoClose: false,
      color: 'yellow',
      withBorder: true,
      closeButtonProps: { 'aria-label': t('common:actions.dismiss') },
      message: t(`common:deviceChanged.${change.why}`, {
        from: t(`errors:words.devices.${change.from}`),
        to: t(`errors:words.devices.${change.to}`),
        epoch: format.number(change.epoch),
      }),
    });
    dismissDeviceChange();
  }, [change, t, format]);
}

/** One sentence when a training did with less, because memory ran out. */
function useEconomyNotice(): void {
  const { t } = useTranslation('common');
  const format = useFormat();
  const economy = useTraining((state) => state.economy);
  useEffect(() => {
    if (!economy) return;
    notifications.show({
      autoClose: false,
      color: 'yellow',
      withBorder: true,
      closeButtonProps: { 'aria-label': t('actions.dismiss') },
      message:
        economy.kind === 'smaller'
          ? t(`economy.${economy.name}`, { n: format.number(economy.value) })
          : t('economy.notRefitted'),
    });
    dismissEconomy();
  }, [economy, t, format]);
}

/** One sentence when a training goes on that a closed tab had interrupted. */
function useResumedNotice(): void {
  const { t } = useTranslation('common');
  const format = useFormat();
  const epoch = useTraining((state) => state.resumedFrom);
  useEffect(() => {
    if (epoch === null) return;
    notifications.show({
      withBorder: true,
      closeButtonProps: { 'aria-label': t('actions.dismiss') },
      message: t('resumed', { epoch: format.number(epoch + 1) }),
    });
    dismissResumed();
  }, [epoch, t, format]);
}

/** One sentence when a stop came before a model had learned what can be kept. */
function useGivenUpNotice(): void {
  const { t } = useTranslation(['common', 'train']);
  const givenUp = useTraining((state) => state.givenUp);
  useEffect(() => {
    if (!givenUp) return;
    notifications.show({
      autoClose: false,
      withBorder: true,
      closeButtonProps: { 'aria-label': t('common:actions.dismiss') },
      message: t(`common:givenUp.${givenUp.left}`, { model: t(`train:models.${givenUp.model}.name`) }),
    });
    dismissGivenUp();
  }, [givenUp, t]);
}

/** One notice when the browser does not keep the project; the work itself goes on. */
function useSavingNotice(): void {
  const { t } = useTranslation('common');
  const explain = useExplain();
  const error = useSaving((state) => state.error);
  useEffect(() => {
    if (!error) return;
    const { what, kept, todo } = explain(error);
    notifications.show({
      autoClose: false,
      color: 'yellow',
      withBorder: true,
      closeButtonProps: { 'aria-label': t('actions.dismiss') },
      title: what,
      message: `${t('notice.kept')} ${kept} ${t('notice.next')} ${todo}`,
    });
    dismissSavingError();
  }, [error, explain, t]);
}

/** The Data step before there is any data: the start screen, or what became of the last attempt. */
function Beginning() {
  const error = useProject((state) => state.error);
  const engineError = useEngineState((state) => state.error);
  return (
    <>
      {error ? <ErrorNotice error={error} onDismiss={dismissError} /> : null}
      {engineError && !error ? <ErrorNotice error={engineError} /> : null}
      <StartPage
        onFiles={(files) => void takeFiles(files)}
        onText={(text) => void takeText(text)}
        onSample={(sample) => void takeSample(sample)}
      />
    </>
  );
}

/** In place of every step while nothing can be answered: what happened, what comes back, and the way there. */
function EngineGone({ error }: { readonly error: AppError }) {
  const { t } = useTranslation('common');
  return (
    <Page>
      <ErrorNotice error={error} action={<Button onClick={() => void reviveEngine()}>{t('engine.revive')}</Button>} />
    </Page>
  );
}

/** What is in the frame. The turn of a page must not draw the old one again: that would be most of what it takes. */
const Content = memo(function Content({ step, waits }: { readonly step: Step; readonly waits: Waits }) {
  const { t } = useTranslation('common');
  const phase = useProject((state) => state.phase);
  const progress = useProject((state) => state.progress);
  const summary = useProject((state) => state.summary);
  const death = useEngineDeath();

  if (death) return <EngineGone error={death} />;
  if (phase === 'restoring' && step !== 'trust') {
    // Only a first visit has no hash: everybody else is coming back to something.
    if (step === 'data' && window.location.hash === '') return <Beginning />;
    return <Page>{progress ? <ProgressPanel progress={progress} /> : null}</Page>;
  }
  if (step === 'data' && summary === null && phase === 'idle') return <Beginning />;
  if (waits) {
    return (
      <EmptyState
        title={t(`notReady.${waits}.title`)}
        text={t(`notReady.${waits}.text`)}
        action={t(`notReady.${waits}.action`)}
        onAction={() => go(waits === 'data' ? 'data' : 'train')}
      />
    );
  }
  const StepPage = pageOf(step);
  return <StepPage />;
});

/** The step of an address, of those that exist. */
function stepAt(place: string): Step {
  const { step } = parseRoute(place);
  return existingSteps.includes(step) ? step : 'data';
}

function Frame() {
  const { t } = useTranslation('common');
  const route = useRoute();
  const place = routeHash(route.step, route.selection, route.params);
  const step = stepAt(place);
  // The rail answers at once; the page behind it is drawn in slices. Not put off further (useDeferredValue), where
  // every step of a training would go before it and make it begin anew.
  const [drawnPlace, setDrawnPlace] = useState(place);
  useEffect(() => startTransition(() => setDrawnPlace(place)), [place]);
  const drawn = stepAt(drawnPlace);
  const summary = useProject((state) => state.summary);
  const hasRun = useTraining((state) => state.runs.some(makesLists));
  const words = useWords(summary);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(step);
  useDeviceNotice();
  useEconomyNotice();
  useGivenUpNotice();
  useSavingNotice();
  useResumedNotice();

  const name = step === 'customers' ? words.params.People : t(`steps.${step}`);
  useEffect(() => {
    document.title = `${name} · ${t('productName')}`;
    if (shown.current === step) return;
    // A new step is a new page: begin at its top, for eyes and for screen readers.
    shown.current = step;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [step, name, t]);

  const steps = existingSteps.map((one) => ({ step: one, waits: waitsFor(one, summary !== null, hasRun) }));
  return (
    <div className={frame.frame}>
      <button type="button" className={frame.skip} onClick={() => main.current?.focus()}>
        {t('skipToContent')}
      </button>
      <TopBar summary={summary} words={words} />
      <Rail steps={steps} current={step} words={words} />
      <main ref={main} id="content" className={frame.main} tabIndex={-1}>
        <ErrorBoundary
          resetKey={drawnPlace}
          onCaught={() => forgetPage(drawn)}
          fallback={(thrown, retry) => <PageFailed what="step" thrown={thrown} onRetry={retry} />}
        >
          <Suspense fallback={null}>
            <Content step={drawn} waits={waitsFor(drawn, summary !== null, hasRun)} />
          </Suspense>
        </ErrorBoundary>
      </main>
      <WindowDrop onFiles={(files) => void takeFiles(files)} onText={(text) => void takeText(text)} />
    </div>
  );
}

/** Everything: frame, steps, notices. */
export function App() {
  // A failure is shown by the engine chip; the start screen stands all the same.
  useEffect(() => void beginVisit(), []);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <ErrorBoundary fallback={(thrown, retry) => <PageFailed what="studio" thrown={thrown} onRetry={retry} />}>
        <Notifications position="bottom-right" />
        <Frame />
      </ErrorBoundary>
    </MantineProvider>
  );
}
