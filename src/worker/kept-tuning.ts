/** A search for settings as it came back from storage: believed whole or not at all. */
import { searchedNames } from '../evaluate/search-spaces.ts';
import type { CandidateState } from '../evaluate/tuning-result.ts';
import { MODEL_NAMES, PRESETS } from '../models/recommender.ts';
import type { Tuning } from './api/tuning.ts';

const STATES: readonly CandidateState[] = ['dropped', 'finished', 'unfinished', 'failed'];

type Fields = Readonly<Record<string, unknown>>;
type Is = (value: unknown) => boolean;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isNumber: Is = Number.isFinite;
const isFlag: Is = (value) => typeof value === 'boolean';
const oneOf =
  (values: readonly unknown[]): Is =>
  (value) =>
    values.includes(value);
const orNull =
  (is: Is): Is =>
  (value) =>
    value === null || is(value);
const listOf =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.every(is);
const withFields =
  (fields: Readonly<Record<string, Is>>): Is =>
  (value) =>
    isFields(value) && Object.entries(fields).every(([name, is]) => is(value[name]));

const isHead = oneOf(['taste', 'choice']);
const isInterval = withFields({ mean: isNumber, low: isNumber, high: isNumber });
const isRequest = withFields({
  model: oneOf(MODEL_NAMES),
  head: isHead,
  preset: oneOf(PRESETS),
  seconds: isNumber,
  seed: isNumber,
});
const isSetting = withFields({
  name: oneOf(searchedNames()),
  low: isNumber,
  high: isNumber,
  scale: oneOf(['linear', 'log']),
  step: isNumber,
  value: isNumber,
});
const isCheck = withFields({
  customers: isNumber,
  defaults: orNull(isInterval),
  best: isInterval,
  versus: orNull(
    withFields({ difference: isInterval, p: isNumber, better: isNumber, equal: isNumber, worse: isNumber }),
  ),
});
const isResult = withFields({
  model: oneOf(MODEL_NAMES),
  head: isHead,
  metric: oneOf(['recall', 'mae']),
  seed: isNumber,
  settings: listOf(isSetting),
  rungs: listOf(isNumber),
  candidates: Array.isArray,
  best: isNumber,
  seconds: isNumber,
  stopped: isFlag,
  check: orNull(isCheck),
});

/** The search, or null where there was none and where anything in it is not what it has to be. */
export function keptTuning(value: unknown): Tuning | null {
  if (!withFields({ request: isRequest, result: isResult, madeAt: isNumber })(value)) return null;
  const tuning = value as Tuning;
  const { settings, candidates, best, model, head } = tuning.result;
  if (model !== tuning.request.model || head !== tuning.request.head) return null;
  const isCandidate = withFields({
    settings: (values) => isFields(values) && settings.every(({ name }) => isNumber(values[name])),
    state: oneOf(STATES),
    epochs: isNumber,
    figure: orNull(isNumber),
    error: orNull((code) => typeof code === 'string'),
  });
  const inOrder = candidates.every((candidate, at) => isCandidate(candidate) && candidate.id === at);
  return inOrder && candidates[best]?.figure != null ? tuning : null;
}
