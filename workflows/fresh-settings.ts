import { isCancellation } from '@temporalio/workflow';
import type { RunSettings } from '../domain/settings.js';
import { local } from './activity-proxies.js';
import { causeOf } from './failure.js';
import type { PeeringRecord } from './peering-record.js';

/** The worker's settings of today. A living connection goes on with those it had, should they not be had. */
export async function freshSettings(before: RunSettings, record: PeeringRecord): Promise<RunSettings> {
  try {
    return await local.loadSettings();
  } catch (error) {
    if (isCancellation(error)) throw error;
    record.note(`the settings could not be read anew, those from before hold: ${causeOf(error).message}`);
    return before;
  }
}
