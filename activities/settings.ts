import { runSettingsOf, type RunSettings, type WorkerSettings } from '../domain/settings.js';

export interface SettingsActivities {
  /** The worker's settings as the run keeps them in its history: later changes reach it only when it asks anew. */
  loadSettings(): Promise<RunSettings>;
}

export function createSettingsActivities(settings: WorkerSettings): SettingsActivities {
  return {
    loadSettings: () => Promise.resolve(runSettingsOf(settings)),
  };
}
