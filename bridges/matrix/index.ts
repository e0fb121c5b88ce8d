import { defineBridge } from '../../core/plugin/index.ts';
import { createBridge } from './bridge.ts';
import { EXAMPLE_CONFIG, type MatrixConfig, parseConfig } from './config.ts';
import { doctor } from './doctor.ts';
import { makeRegistration } from './registration.ts';

export default defineBridge<MatrixConfig>({
  apiVersion: 1,
  platform: 'matrix',
  exampleConfig: EXAMPLE_CONFIG,
  parseConfig,
  create: createBridge,
  doctor,
  registration: makeRegistration,
});
