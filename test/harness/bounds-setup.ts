import { jest } from '@jest/globals';
import { TEST_MS } from './bounds.js';

jest.setTimeout(TEST_MS);
