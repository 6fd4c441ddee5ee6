import { describeGpuAutoencoder } from '../autoencoder-suite.testing.ts';
import { createWebGpuDevice } from './device.ts';

describeGpuAutoencoder('webgpu', () => createWebGpuDevice());
