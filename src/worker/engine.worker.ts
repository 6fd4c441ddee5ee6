/** The engine worker: registers and forwards, nothing else. */
import { createEngine } from './engine.ts';
import { holdLife } from './life.ts';
import { exposeApi } from './wire.ts';

exposeApi(createEngine());
holdLife();
