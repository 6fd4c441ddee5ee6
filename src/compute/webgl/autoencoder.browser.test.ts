import { describeGpuAutoencoder } from '../autoencoder-suite.testing.ts';
import { createWebGlDevice } from './device.ts';

describeGpuAutoencoder('webgl', () => createWebGlDevice());
