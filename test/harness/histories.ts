import { readdir, readFile } from 'node:fs/promises';
import proto from '@temporalio/proto';

/** A recorded run: workflows may look at their own id, so replaying needs it too. */
export interface Recording {
  readonly workflowId: string;
  readonly history: proto.temporal.api.history.v1.IHistory;
}

const DIRECTORY = new URL('../histories/', import.meta.url);
const { History } = proto.temporal.api.history.v1;

/** Protobuf's own JSON: enums by name, bytes in base64, 64-bit numbers as text. Stack traces, with the paths of one machine, go. */
export function recordingAsText(workflowId: string, history: Recording['history']): string {
  return JSON.stringify(
    { workflowId, history: History.fromObject(history).toJSON() },
    (key, value: unknown) => (key === 'stackTrace' ? '' : value),
  );
}

export function recordingFromJson(text: string): Recording {
  const json: unknown = JSON.parse(text);
  if (typeof json !== 'object' || json === null || !('workflowId' in json) || !('history' in json)) {
    throw new Error('not a recording: workflowId and history are expected');
  }
  const { workflowId, history } = json;
  if (typeof workflowId !== 'string' || typeof history !== 'object' || history === null) {
    throw new Error('not a recording: workflowId is a string, history an object');
  }
  return { workflowId, history: History.fromObject(history) };
}

/** The recorded runs, by name, as their files hold them. */
export async function recordedRuns(): Promise<Map<string, string>> {
  const runs = new Map<string, string>();
  for (const file of (await readdir(DIRECTORY)).filter((name) => name.endsWith('.json')).sort()) {
    runs.set(file.replace(/\.json$/, ''), await readFile(new URL(file, DIRECTORY), 'utf8'));
  }
  return runs;
}
